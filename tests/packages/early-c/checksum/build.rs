fn main() {
    println!("cargo::rerun-if-changed=sum.c");
    cc::Build::new().file("sum.c").opt_level(3).compile("sum");
}
