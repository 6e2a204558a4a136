//! `_probe`: its init function itself uses the instructions that it was compiled for, so an import
//! without a guard dies where the CPU lacks them.
//!
//! It speaks the plain C API to stay free of dependencies.

use core::ffi::{c_char, c_int, c_long, c_void};
use core::hint::black_box;
use core::ptr::null_mut;

rtvariants_guard::module! {
    export: PyInit__probe,
    guards: PyInit__probe_unguarded,
    index_bits: u16::BITS,
    allocator: "none",
}

#[repr(C)]
struct ModuleDef {
    refcount: isize,
    kind: *mut c_void,
    init: *mut c_void,
    index: isize,
    copy: *mut c_void,
    name: *const c_char,
    doc: *const c_char,
    size: isize,
    methods: *mut c_void,
    slots: *mut c_void,
    traverse: *mut c_void,
    clear: *mut c_void,
    free: *mut c_void,
}

#[cfg_attr(windows, link(name = "python3", kind = "raw-dylib"))]
unsafe extern "C" {
    fn PyModule_Create2(def: *mut ModuleDef, version: c_int) -> *mut c_void;
    fn PyModule_AddIntConstant(module: *mut c_void, name: *const c_char, value: c_long) -> c_int;
    fn PyModule_AddStringConstant(
        module: *mut c_void,
        name: *const c_char,
        value: *const c_char,
    ) -> c_int;
}

static mut DEF: ModuleDef = ModuleDef {
    refcount: 1,
    kind: null_mut(),
    init: null_mut(),
    index: 0,
    copy: null_mut(),
    name: c"_probe".as_ptr(),
    doc: null_mut(),
    size: -1,
    methods: null_mut(),
    slots: null_mut(),
    traverse: null_mut(),
    clear: null_mut(),
    free: null_mut(),
};

/// The sum of the squares of 0..1024 in 32-bit lanes; with AVX2 where the crate may use it.
fn work() -> c_long {
    let numbers: [i32; 1024] = black_box(core::array::from_fn(|at| at as i32));
    #[cfg(target_feature = "avx2")]
    {
        use core::arch::x86_64::{
            __m256i, _mm256_add_epi32, _mm256_loadu_si256, _mm256_mullo_epi32,
            _mm256_setzero_si256, _mm256_storeu_si256,
        };
        let mut lanes = [0i32; 8];
        // SAFETY: the crate is compiled with AVX2; every chunk and `lanes` hold eight numbers.
        unsafe {
            let mut sum = _mm256_setzero_si256();
            for chunk in numbers.chunks_exact(8) {
                let eight = _mm256_loadu_si256(chunk.as_ptr().cast::<__m256i>());
                sum = _mm256_add_epi32(sum, _mm256_mullo_epi32(eight, eight));
            }
            _mm256_storeu_si256(lanes.as_mut_ptr().cast::<__m256i>(), sum);
        }
        lanes.iter().map(|&lane| c_long::from(lane)).sum()
    }
    #[cfg(not(target_feature = "avx2"))]
    numbers.iter().map(|&number| c_long::from(number * number)).sum()
}

/// # Safety
/// To be called by Python's import machinery.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyInit__probe_unguarded() -> *mut c_void {
    let sum = work();
    let mut stamp = RTVARIANTS_STAMP.as_bytes().to_vec();
    stamp.push(0);
    // SAFETY: the thread is attached, the definition outlives the module, names end with zero.
    unsafe {
        let module = PyModule_Create2(&raw mut DEF, 1013);
        if !module.is_null() {
            PyModule_AddIntConstant(module, c"sum".as_ptr(), sum);
            PyModule_AddStringConstant(module, c"stamp".as_ptr(), stamp.as_ptr().cast());
        }
        module
    }
}
