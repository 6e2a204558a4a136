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

/// The features of arm64: name, word, mask of the kernel's capability bits on Linux.
#[cfg(target_arch = "aarch64")]
#[doc(hidden)]
#[macro_export]
macro_rules! __features {
    () => {
        $crate::__feature_array! {
            "aes" HWCAP (1 << 3 | 1 << 4),
            "bf16" HWCAP2 (1 << 14),
            "bti" SYSTEM 0,
            "crc" HWCAP (1 << 7),
            "cssc" HWCAP2 (1 << 34),
            "dit" SYSTEM 0,
            "dotprod" HWCAP (1 << 20),
            "dpb" HWCAP (1 << 16),
            "dpb2" HWCAP2 (1 << 0),
            "ecv" SYSTEM 0,
            "f32mm" HWCAP2 (1 << 10),
            "f64mm" HWCAP2 (1 << 11),
            "faminmax" HWCAP2 (1 << 50),
            "fcma" HWCAP (1 << 14),
            "fhm" HWCAP (1 << 23),
            "flagm" HWCAP (1 << 27),
            "flagm2" HWCAP2 (1 << 7),
            "fp16" HWCAP (1 << 9 | 1 << 10),
            "fp8" UNCHECKED 0,
            "fp8dot2" UNCHECKED 0,
            "fp8dot4" UNCHECKED 0,
            "fp8fma" UNCHECKED 0,
            "fpmr" HWCAP2 (1 << 48),
            "frintts" HWCAP2 (1 << 8),
            "hbc" HWCAP2 (1 << 44),
            "i8mm" HWCAP2 (1 << 13),
            "jsconv" HWCAP (1 << 13),
            "lor" SYSTEM 0,
            "lse" HWCAP (1 << 8),
            "lse128" HWCAP2 (1 << 47),
            "lse2" HWCAP (1 << 25),
            "lut" HWCAP2 (1 << 49),
            "mops" HWCAP2 (1 << 43),
            "mte" HWCAP2 (1 << 18),
            "neon" HWCAP (1 << 1),
            "outline-atomics" SYSTEM 0,
            "paca" HWCAP (1 << 30),
            "pacg" HWCAP (1 << 31),
            "pan" SYSTEM 0,
            "pauth-lr" UNCHECKED 0,
            "pmuv3" SYSTEM 0,
            "rand" HWCAP2 (1 << 16),
            "ras" SYSTEM 0,
            "rcpc" HWCAP (1 << 15),
            "rcpc2" HWCAP (1 << 26),
            "rcpc3" HWCAP2 (1 << 46),
            "rdm" HWCAP (1 << 12),
            "sb" HWCAP (1 << 29),
            "sha2" HWCAP (1 << 5 | 1 << 6),
            "sha3" HWCAP (1 << 17 | 1 << 21),
            "sm4" HWCAP (1 << 18 | 1 << 19),
            "sme" UNCHECKED 0,
            "sme-b16b16" UNCHECKED 0,
            "sme-f16f16" UNCHECKED 0,
            "sme-f64f64" UNCHECKED 0,
            "sme-f8f16" UNCHECKED 0,
            "sme-f8f32" UNCHECKED 0,
            "sme-fa64" UNCHECKED 0,
            "sme-i16i64" UNCHECKED 0,
            "sme-lutv2" UNCHECKED 0,
            "sme2" UNCHECKED 0,
            "sme2p1" UNCHECKED 0,
            "spe" SYSTEM 0,
            "ssbs" SYSTEM 0,
            "ssve-fp8dot2" UNCHECKED 0,
            "ssve-fp8dot4" UNCHECKED 0,
            "ssve-fp8fma" UNCHECKED 0,
            "sve" HWCAP (1 << 22),
            "sve-aes" HWCAP2 (1 << 2 | 1 << 3),
            "sve-aes2" UNCHECKED 0,
            "sve-b16b16" HWCAP2 (1 << 45),
            "sve-bitperm" HWCAP2 (1 << 4),
            "sve-sha3" HWCAP2 (1 << 5),
            "sve-sm4" HWCAP2 (1 << 6),
            "sve2" HWCAP2 (1 << 1),
            "sve2-aes" HWCAP2 (1 << 2 | 1 << 3),
            "sve2-bitperm" HWCAP2 (1 << 4),
            "sve2-sha3" HWCAP2 (1 << 5),
            "sve2-sm4" HWCAP2 (1 << 6),
            "sve2p1" HWCAP2 (1 << 36),
            "tme" UNCHECKED 0,
            "v8.1a" SYSTEM 0,
            "v8.2a" SYSTEM 0,
            "v8.3a" SYSTEM 0,
            "v8.4a" SYSTEM 0,
            "v8.5a" SYSTEM 0,
            "v8.6a" SYSTEM 0,
            "v8.7a" SYSTEM 0,
            "v8.8a" SYSTEM 0,
            "v8.9a" SYSTEM 0,
            "v9.1a" SYSTEM 0,
            "v9.2a" SYSTEM 0,
            "v9.3a" SYSTEM 0,
            "v9.4a" SYSTEM 0,
            "v9.5a" SYSTEM 0,
            "v9a" SYSTEM 0,
            "vh" SYSTEM 0,
            "wfxt" HWCAP2 (1 << 31),
        }
    };
}

#[cfg(target_arch = "aarch64")]
#[doc(hidden)]
#[macro_export]
macro_rules! __feature_array {
    ($($name:literal $word:ident $mask:tt,)*) => {
        [$($crate::__private::Feature {
            name: $name,
            compiled: cfg!(target_feature = $name),
            word: $crate::__private::word::$word,
            mask: $mask,
        }),*]
    };
}
