//! Every feature that rustc knows for an architecture, with the place where the CPU tells it.
//!
//! The list expands in the crate that is guarded, since `cfg!` answers for the crate it stands in.
//! It is sorted by name, as the stamp wants it, and holds names that only nightly compilers set:
//! they are false on stable.

/// The features of x86-64: name, register of a CPUID leaf, bit, state that the OS must save.
#[cfg(target_arch = "x86_64")]
#[doc(hidden)]
#[macro_export]
macro_rules! __features {
    () => {
        $crate::__feature_array! {
            "adx" LEAF7_EBX 19 NONE,
            "aes" LEAF1_ECX 25 NONE,
            "amx-avx512" UNCHECKED 0 TILE,
            "amx-bf16" LEAF7_EDX 22 TILE,
            "amx-complex" LEAF7_1_EDX 8 TILE,
            "amx-fp16" LEAF7_1_EAX 21 TILE,
            "amx-fp8" UNCHECKED 0 TILE,
            "amx-int8" LEAF7_EDX 25 TILE,
            "amx-movrs" UNCHECKED 0 TILE,
            "amx-tf32" UNCHECKED 0 TILE,
            "amx-tile" LEAF7_EDX 24 TILE,
            "apxf" LEAF7_1_EDX 21 APX,
            "avx" LEAF1_ECX 28 YMM,
            "avx10.1" UNCHECKED 0 ZMM,
            "avx10.2" UNCHECKED 0 ZMM,
            "avx2" LEAF7_EBX 5 YMM,
            "avx512bf16" LEAF7_1_EAX 5 ZMM,
            "avx512bitalg" LEAF7_ECX 12 ZMM,
            "avx512bw" LEAF7_EBX 30 ZMM,
            "avx512cd" LEAF7_EBX 28 ZMM,
            "avx512dq" LEAF7_EBX 17 ZMM,
            "avx512f" LEAF7_EBX 16 ZMM,
            "avx512fp16" LEAF7_EDX 23 ZMM,
            "avx512ifma" LEAF7_EBX 21 ZMM,
            "avx512vbmi" LEAF7_ECX 1 ZMM,
            "avx512vbmi2" LEAF7_ECX 6 ZMM,
            "avx512vl" LEAF7_EBX 31 ZMM,
            "avx512vnni" LEAF7_ECX 11 ZMM,
            "avx512vp2intersect" LEAF7_EDX 8 ZMM,
            "avx512vpopcntdq" LEAF7_ECX 14 ZMM,
            "avxifma" LEAF7_1_EAX 23 YMM,
            "avxneconvert" LEAF7_1_EDX 5 YMM,
            "avxvnni" LEAF7_1_EAX 4 YMM,
            "avxvnniint16" LEAF7_1_EDX 10 YMM,
            "avxvnniint8" LEAF7_1_EDX 4 YMM,
            "bmi1" LEAF7_EBX 3 NONE,
            "bmi2" LEAF7_EBX 8 NONE,
            "cmpxchg16b" LEAF1_ECX 13 NONE,
            "ermsb" LEAF7_EBX 9 NONE,
            "f16c" LEAF1_ECX 29 YMM,
            "fma" LEAF1_ECX 12 YMM,
            "fma4" LEAF81_ECX 16 YMM,
            "fxsr" LEAF1_EDX 24 NONE,
            "gfni" LEAF7_ECX 8 NONE,
            "kl" LEAF7_ECX 23 NONE,
            "lahfsahf" LEAF81_ECX 0 NONE,
            "lzcnt" LEAF81_ECX 5 NONE,
            "movbe" LEAF1_ECX 22 NONE,
            "movrs" LEAF7_1_EAX 31 NONE,
            "pclmulqdq" LEAF1_ECX 1 NONE,
            "popcnt" LEAF1_ECX 23 NONE,
            "prfchw" LEAF81_ECX 8 NONE,
            "rdrand" LEAF1_ECX 30 NONE,
            "rdseed" LEAF7_EBX 18 NONE,
            "rtm" LEAF7_EBX 11 NONE,
            "sha" LEAF7_EBX 29 NONE,
            "sha512" LEAF7_1_EAX 0 YMM,
            "sm3" LEAF7_1_EAX 1 YMM,
            "sm4" LEAF7_1_EAX 2 YMM,
            "sse" LEAF1_EDX 25 NONE,
            "sse2" LEAF1_EDX 26 NONE,
            "sse3" LEAF1_ECX 0 NONE,
            "sse4.1" LEAF1_ECX 19 NONE,
            "sse4.2" LEAF1_ECX 20 NONE,
            "sse4a" LEAF81_ECX 6 NONE,
            "ssse3" LEAF1_ECX 9 NONE,
            "tbm" LEAF81_ECX 21 NONE,
            "vaes" LEAF7_ECX 9 YMM,
            "vpclmulqdq" LEAF7_ECX 10 YMM,
            "widekl" LEAF19_EBX 2 NONE,
            "x87" LEAF1_EDX 0 NONE,
            "xop" LEAF81_ECX 11 YMM,
            "xsave" LEAF1_ECX 26 XSAVE,
            "xsavec" LEAFD_1_EAX 1 XSAVE,
            "xsaveopt" LEAFD_1_EAX 0 XSAVE,
            "xsaves" LEAFD_1_EAX 3 XSAVE,
        }
    };
}

#[cfg(target_arch = "x86_64")]
#[doc(hidden)]
#[macro_export]
macro_rules! __feature_array {
    ($($name:literal $word:ident $bit:literal $state:ident,)*) => {
        [$($crate::__private::Feature {
            name: $name,
            compiled: cfg!(target_feature = $name),
            word: $crate::__private::word::$word,
            mask: 1 << $bit,
            state: $crate::__private::state::$state,
        }),*]
    };
}
