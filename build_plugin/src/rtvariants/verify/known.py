"""Functions that are known to be chosen at run time: rows of data, each with the code that chooses.

A row names functions by their paths, and the CPU features that the choice covers. The same
instructions in any other function of the crate, or another feature in these functions, remain
violations. A row gets in once a build of the crate at the baseline has shown these functions and
its source has shown the check; `checked` is the version of both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rtvariants.config.model import AllowConfig


@dataclass(frozen=True)
class Row:
    """Functions of one crate, the features that they may use, and what asks the CPU first.

    `crate` and `symbols` are patterns as in the configuration.
    """

    crate: str
    symbols: tuple[str, ...]
    features: tuple[str, ...]
    check: str
    checked: str = ""

    def entries(self) -> Iterator[AllowConfig]:
        """Yield an entry of the configuration's kind for each pattern."""
        for symbol in self.symbols:
            yield AllowConfig(self.check, self.crate, symbol, self.features)


_AVX2 = ("avx", "avx2")
_SSE41 = ("sse4.1", "ssse3")
_SHA = ("sha", *_SSE41)

ROWS = (
    # Text, bytes and search
    Row("memchr", ("*memchr::arch::x86_64::*",), _AVX2,
        "memchr asks the CPU at its first call (`memchr::arch::x86_64::memchr`)"),
    Row("aho_corasick", ("*aho_corasick::packed::teddy::*",), (*_AVX2, "ssse3"),
        "aho-corasick asks the CPU when it builds a searcher (`packed::teddy::builder`)"),
    Row("simdutf8", ("*simdutf8::implementation::x86::*",), (*_AVX2, *_SSE41, "sse4.2"),
        "simdutf8 asks the CPU at its first call (`implementation::x86`)"),
    Row("base64_simd", ("base64_simd::multiversion::*::avx2",), _AVX2,
        "base64-simd asks the CPU at its first call (`vsimd::dispatch!` in `multiversion.rs`)",
        "0.8.0"),
    Row("base64_simd", ("base64_simd::multiversion::*::ssse3",), ("ssse3",),
        "base64-simd asks the CPU at its first call (`vsimd::dispatch!` in `multiversion.rs`)",
        "0.8.0"),
    Row("faster_hex", ("faster_hex::decode::x86::*", "faster_hex::encode::hex_encode_*"),
        (*_AVX2, "avx512bw", "avx512f", *_SSE41),
        "faster-hex asks the CPU at its first call (`vectorization_support` in `lib.rs`)", "2.0.0"),
    Row("faster_hex", ("faster_hex::avx_support_no_cache_x86",), ("xsave",),
        "faster-hex runs XGETBV where CPUID has the bit OSXSAVE "
        "(`vectorization_support_no_cache_x86` in `lib.rs`)", "2.0.0"),
    Row("simd_json",
        ("simd_json::impls::avx2::*",
         "simd_json::Deserializer::find_structural_bits::find_structural_bits_avx2"),
        (*_AVX2, "pclmulqdq"),
        "simd-json asks the CPU at its first call (`Deserializer::parse_str`, "
        "`find_structural_bits` in `lib.rs`)", "0.19.0"),
    Row("simd_json",
        ("simd_json::Deserializer::find_structural_bits::find_structural_bits_sse42",),
        (*_SSE41, "sse4.2"),
        "simd-json asks the CPU at its first call (`find_structural_bits` in `lib.rs`)", "0.19.0"),
    Row("hex_simd", ("hex_simd::multiversion::*::avx2",), _AVX2,
        "hex-simd asks the CPU at its first call (`vsimd::dispatch!` in `multiversion.rs`)",
        "0.8.0"),
    Row("hex_simd", ("hex_simd::multiversion::*::ssse3",), ("ssse3",),
        "hex-simd asks the CPU at its first call (`vsimd::dispatch!` in `multiversion.rs`)",
        "0.8.0"),
    Row("bytecount", ("bytecount::simd::x86_avx2::chunk_*",), _AVX2,
        "bytecount asks the CPU at each call (`count`, `num_chars` in `lib.rs`)", "0.6.9"),
    Row("triple_accel",
        ("triple_accel::*_core_avx_*", "triple_accel::hamming::hamming_search_simd_core_avx*",
         "<triple_accel::jewel::Avx*"), _AVX2,
        "triple_accel asks the CPU at each call (`hamming.rs`, `levenshtein.rs`)", "0.4.0"),
    Row("triple_accel", ("triple_accel::*_core_sse_*", "<triple_accel::jewel::Sse*"), _SSE41,
        "triple_accel asks the CPU at each call (`hamming.rs`, `levenshtein.rs`)", "0.4.0"),
    Row("const_hex", ("const_hex::arch::x86::*_avx2",), _AVX2,
        "const-hex asks the CPU at each call (`arch/x86.rs`)", "1.19.3"),
    Row("const_hex", ("const_hex::arch::x86::*_ssse3",), ("sse3", "ssse3"),
        "const-hex asks the CPU at each call (`arch/x86.rs`)", "1.19.3"),
    # Checksums and hashes
    Row("sha1", ("sha1::compress::x86*",), _SHA,
        "sha1 asks the CPU at its first block (`cpufeatures::new!` in `compress.rs` or "
        "`compress/x86.rs`)", "0.10.7, 0.11.0"),
    Row("sha1", ("sha1::compress::aarch64_sha2::*",), ("sha2",),
        "sha1 asks the CPU at its first block (`cpufeatures::new!` in `compress.rs`)", "0.11.0"),
    Row("sha2", ("sha2::sha256::aarch64_sha2::*",), ("sha2",),
        "sha2 asks the CPU at its first block (`cpufeatures::new!` in `sha256.rs`)", "0.11.1"),
    Row("sha2", ("sha2::sha512::aarch64_sha3::*",), ("sha3",),
        "sha2 asks the CPU at its first block (`cpufeatures::new!` in `sha512.rs`)", "0.11.1"),
    Row("keccak", ("keccak::backends::aarch64_sha3::*",), ("sha3",),
        "keccak asks the CPU when it makes a state (`cpufeatures::new!` in `lib.rs`)",
        "0.2.2"),
    Row("sha2", ("sha2::sha256::x86*",), _SHA,
        "sha2 asks the CPU at its first block (`cpufeatures::new!` in `sha256.rs` or "
        "`sha256/x86.rs`)", "0.10.9, 0.11.1"),
    Row("sha2", ("sha2::sha512::x86*",), _AVX2,
        "sha2 asks the CPU at its first block (`cpufeatures::new!` in `sha512.rs` or "
        "`sha512/x86.rs`)", "0.10.9, 0.11.1"),
    Row("blake3", ("blake3_*_sse41",), _SSE41,
        "blake3 asks the CPU at its first call (`Platform::detect` in `platform.rs`)", "1.8.7"),
    Row("blake3", ("blake3_*_avx2",), _AVX2,
        "blake3 asks the CPU at its first call (`Platform::detect` in `platform.rs`)", "1.8.7"),
    Row("blake3", ("blake3_*_avx512",), (*_AVX2, "avx512f", "avx512vl"),
        "blake3 asks the CPU at its first call (`Platform::detect` in `platform.rs`)", "1.8.7"),
    Row("crc32fast", ("crc32fast::specialized::pclmulqdq::calculate*",),
        (*_AVX2, "avx512f", "pclmulqdq", *_SSE41, "vpclmulqdq"),
        "crc32fast asks the CPU in `State::new` (`specialized/pclmulqdq.rs`)", "1.5.5"),
    Row("crc32fast", ("crc32fast::specialized::aarch64::calculate*",), ("aes", "crc"),
        "crc32fast asks the CPU in `State::new` (`specialized/aarch64.rs`)", "1.5.5"),
    Row("crc_fast", ("*crc_fast::arch::*aarch64*", "crc_fast::crc32::fusion::aarch64::*"),
        ("aes", "crc", "sha3"),
        "crc-fast asks the CPU once (`feature_detection.rs`, `crc32/fusion/aarch64/mod.rs`)",
        "1.10.0"),
    Row("crc_fast", ("crc_fast::algorithm::process_by_strategy",), ("aes",),
        "crc-fast calls it from functions that it has chosen so (`feature_detection.rs`)",
        "1.10.0"),
    Row("crc_fast", ("*crc_fast::arch::*", "crc_fast::crc32::fusion::x86::*"),
        (*_AVX2, "avx512bw", "avx512f", "avx512vl", "pclmulqdq", *_SSE41, "sse4.2", "vpclmulqdq"),
        "crc-fast asks the CPU once (`feature_detection.rs`, `crc32/fusion/x86/mod.rs`)", "1.10.0"),
    Row("crc_fast", ("crc_fast::algorithm::process_by_strategy",), ("pclmulqdq", *_SSE41),
        "crc-fast calls it from functions that it has chosen so (`feature_detection.rs`)",
        "1.10.0"),
    Row("crc32c", ("crc32c::hw_x86_64::*",), ("sse4.2",),
        "crc32c asks the CPU at each call (`crc32c_append` in `lib.rs`)", "0.6.9"),
    Row("crc32c", ("crc32c::hw_aarch64::*",), ("crc",),
        "crc32c asks the CPU at each call (`crc32c_append` in `lib.rs`)", "0.6.9"),
    Row("crc64fast", ("crc64fast::pclmulqdq::update_simd",), ("aes",),
        "crc64fast asks the CPU when it makes a digest (`get_update` in `pclmulqdq/mod.rs`)",
        "1.1.0"),
    Row("crc64fast", ("crc64fast::pclmulqdq::update_simd",), ("pclmulqdq", "sse4.1"),
        "crc64fast asks the CPU when it makes a digest (`get_update` in `pclmulqdq/mod.rs`)",
        "1.1.0"),
    Row("twox_hash", ("twox_hash::xxhash3_64::impl_241_plus_bytes::do_avx2",), _AVX2,
        "twox-hash asks the CPU at each call (`dispatch!` in `xxhash3/large.rs`)", "2.1.5"),
    Row("highway", ("highway::x86::avx::AvxHash::*",), _AVX2,
        "highway asks the CPU when it makes a hasher (`AvxHash::new` in `x86/avx.rs`)", "1.3.0"),
    Row("highway", ("highway::x86::sse::SseHash::*",), _SSE41,
        "highway asks the CPU when it makes a hasher (`SseHash::new` in `x86/sse.rs`)", "1.3.0"),
    Row("simd_adler32", ("simd_adler32::imp::avx2::*",), _AVX2,
        "simd-adler32 asks the CPU when it makes a hasher (`get_imp` in `imp/avx2.rs`)", "0.3.10"),
    Row("simd_adler32", ("simd_adler32::imp::ssse3::*",), ("ssse3",),
        "simd-adler32 asks the CPU when it makes a hasher (`get_imp` in `imp/ssse3.rs`)",
        "0.3.10"),
    Row("gearhash", ("gearhash::simd::avx2::*",), _AVX2,
        "gearhash asks the CPU at each call (`next_match` in `simd.rs`)", "0.1.4"),
    Row("gearhash", ("gearhash::simd::sse42::*",), (*_SSE41, "sse4.2"),
        "gearhash asks the CPU at each call (`next_match` in `simd.rs`)", "0.1.4"),
    Row("blake2b_simd", ("blake2b_simd::avx2::*",), _AVX2,
        "blake2b_simd asks the CPU when it makes a state (`Implementation::detect` in `guts.rs`)",
        "1.0.5"),
    Row("blake2b_simd", ("blake2b_simd::sse41::*",), _SSE41,
        "blake2b_simd asks the CPU when it makes a state (`Implementation::detect` in `guts.rs`)",
        "1.0.5"),
    Row("blake2s_simd", ("blake2s_simd::avx2::*",), _AVX2,
        "blake2s_simd asks the CPU when it makes a state (`Implementation::detect` in `guts.rs`)",
        "1.0.5"),
    Row("blake2s_simd", ("blake2s_simd::sse41::*",), _SSE41,
        "blake2s_simd asks the CPU when it makes a state (`Implementation::detect` in `guts.rs`)",
        "1.0.5"),
    Row("argon2", ("argon2::Argon2::compress::compress_avx2",), _AVX2,
        "argon2 asks the CPU when it makes a context (`cpufeatures::new!` in `lib.rs`)", "0.5.3"),
    # Ciphers
    Row("aes",
        ("*aes::ni::*", "aes::backends::x86_aes::*", "<aes::autodetect::Aes* as *>::*::inner"),
        ("aes",),
        "aes asks the CPU when it makes a cipher (`cpufeatures::new!` in `lib.rs` or "
        "`autodetect.rs`)", "0.8.4, 0.9.4"),
    Row("aes", ("aes::backends::aarch64_aes::*",), ("aes",),
        "aes asks the CPU when it makes a cipher (`cpufeatures::new!` in `lib.rs`)", "0.9.4"),
    Row("aes", ("aes::backends::x86_vaes256::*",), (*_AVX2, "aes", "vaes"),
        "aes asks the CPU when it makes a cipher (`cpufeatures::new!` in `lib.rs`)", "0.9.4"),
    Row("aes", ("aes::backends::x86_vaes512::*",), (*_AVX2, "aes", "avx512f", "vaes"),
        "aes asks the CPU when it makes a cipher (`cpufeatures::new!` in `lib.rs`)", "0.9.4"),
    Row("chacha20", ("chacha20::backends::avx2::*",), _AVX2,
        "chacha20 asks the CPU when it makes a cipher (`cpufeatures::new!` in `lib.rs`)",
        "0.9.1, 0.10.2"),
    Row("poly1305", ("*poly1305::backend::avx2::*",), _AVX2,
        "poly1305 asks the CPU when it takes a key (`cpufeatures::new!` in "
        "`backend/autodetect.rs`)", "0.8.0, 0.9.1"),
    Row("polyval", ("polyval::backend::intrinsics::intrinsics_impl::*",), ("aes",),
        "polyval asks the CPU when it takes a key (`cpufeatures::new!` in "
        "`backend/intrinsics/armv8.rs`)", "0.7.3"),
    Row("polyval", ("polyval::backend::clmul::Polyval::mul",), ("pclmulqdq",),
        "polyval asks the CPU when it takes a key (`cpufeatures::new!` in "
        "`backend/autodetect.rs`)", "0.6.2"),
    Row("polyval", ("polyval::backend::intrinsics::intrinsics_impl::*",), ("avx", "pclmulqdq"),
        "polyval asks the CPU when it takes a key (`cpufeatures::new!` in "
        "`backend/intrinsics/x86.rs`)", "0.7.3"),
    Row("curve25519_dalek", ("*curve25519_dalek::backend::vector::*avx2*",), _AVX2,
        "curve25519-dalek asks the CPU at each choice of a backend (`get_selected_backend` in "
        "`backend.rs`)", "5.0.0"),
    Row("rand_chacha", ("rand_chacha::guts::*::impl_*",), (*_AVX2, *_SSE41),
        "rand_chacha asks the CPU at each block (`dispatch!` of ppv-lite86, `x86_64/mod.rs`)",
        "0.10.0, ppv-lite86 0.2.21"),
    Row("ring",
        ("ring_core_*_adx", "ring_core_*_adx_*", "ring_core_*_avx", "ring_core_*_avx2*",
         "ring_core_*_clmul", "ring_core_*_ssse3*", "ring_core_*_sse41", "ring_core_*_hw*",
         "ring_core_*_vpaes_*", "ring_core_*_aesni_*", "_aesni_*", "_vpaes_*",
         "__ecp_nistz256_*_montx", "process_extra_in_trailer"),
        (*_AVX2, *_SHA, "adx", "aes", "bmi2", "movbe", "pclmulqdq", "vaes", "vpclmulqdq"),
        "ring asks the CPU before its first operation (`cpu::features` in `cpu/intel.rs`)",
        "0.17.14"),
    Row("ring",
        ("ring_core_*__bn_mulx4x_mont", "mulx4x_internal", "ring_core_*__bn_sqrx8x_internal",
         "__bn_sqrx8x_reduction", "__bn_postx4x_internal"),
        ("adx", "bmi1", "bmi2"),
        "ring asks the CPU before it multiplies large numbers (`arithmetic/limbs/x86_64/mont.rs`)",
        "0.17.14"),
    Row("ring", ("ring_core_*_OPENSSL_cpuid_setup",), ("xsave",),
        "ring runs XGETBV where CPUID has the bit OSXSAVE (`crypto/cpu_intel.c`)", "0.17.14"),
    Row("aws_lc_sys",
        ("aws_lc_*_aes_hw_*", "aws_lc_*_aesni_*", "_aesni_*", "aws_lc_*_aes_gcm_*",
         "aws_lc_*_gcm_*", "*iv_len_12_init_IV", "aws_lc_*_vpaes_*", "_vpaes_*",
         "aws_lc_*_ChaCha20_ctr32_*", "*chacha20_poly1305_*", "process_extra_in_trailer",
         "aws_lc_*_block_data_order_*", "*keccak4_f1600_alt*"),
        (*_AVX2, *_SHA, "aes", "avx512bw", "avx512dq", "avx512f", "avx512vl", "bmi1", "bmi2",
         "movbe", "pclmulqdq", "popcnt", "vaes", "vpclmulqdq"),
        "AWS-LC asks the CPU before its first operation (`OPENSSL_cpuid_setup` in "
        "`cpucap/cpu_intel.c`)", "0.47.0"),
    Row("aws_lc_sys",
        ("aws_lc_*_bignum_*", "aws_lc_*_p???_*jdouble", "aws_lc_*curve25519_x25519*",
         "Lcurve25519_*", "aws_lc_*edwards25519_*", "Ledwards25519_*", "Lp???_*jscalarmul_*",
         "*ecp_nistz256_*", "*bn_mulx4x_mont", "*bn_sqrx8x_*", "__bn_postx4x_internal",
         "mulx4x_internal", "aws_lc_*_rsaz_*", "aws_lc_*_extract_multiplier_*",
         "aws_lc_*_beeu_mod_inverse_vartime"),
        (*_AVX2, "adx", "avx512dq", "avx512f", "avx512ifma", "avx512vl", "bmi1", "bmi2"),
        "AWS-LC asks the CPU before its first operation (`OPENSSL_cpuid_setup` in "
        "`cpucap/cpu_intel.c`)", "0.47.0"),
    Row("aws_lc_sys", ("aws_lc_*_ml???_*_avx2*", "Lmld_*", "Lmlk_*"),
        (*_AVX2, "bmi2", "popcnt", *_SSE41),
        "AWS-LC asks the CPU before its first operation (`OPENSSL_cpuid_setup` in "
        "`cpucap/cpu_intel.c`)", "0.47.0"),
    Row("aws_lc_sys", ("aws_lc_*_CRYPTO_rdrand_multiple8",), ("rdrand",),
        "AWS-LC asks the CPU before its first operation (`OPENSSL_cpuid_setup` in "
        "`cpucap/cpu_intel.c`)", "0.47.0"),
    Row("aws_lc_sys", ("aws_lc_*_OPENSSL_cpuid_setup",), ("xsave",),
        "AWS-LC runs XGETBV where CPUID has the bit OSXSAVE (`cpucap/cpu_intel.c`)", "0.47.0"),
    # Numbers
    Row("matrixmultiply",
        ("matrixmultiply::?gemm_kernel::kernel_target_avx*",
         "matrixmultiply::?gemm_kernel::kernel_target_fma",
         "matrixmultiply::packing::pack_avx*"),
        (*_AVX2, "avx512f", "fma"),
        "matrixmultiply asks the CPU at each product (`detect` in `sgemm_kernel.rs`, "
        "`dgemm_kernel.rs`)", "0.3.11"),
    Row("rustfft", ("rustfft::avx::*",), (*_AVX2, "fma"),
        "rustfft asks the CPU when it makes a planner or a transform (`FftPlannerAvx::new` in "
        "`avx/avx_planner.rs`, `new` of each)", "6.4.1"),
    Row("rustfft", ("rustfft::sse::*", "rustfft::array_utils::validate_*"), ("sse3",),
        "rustfft asks the CPU when it makes a planner (`FftPlannerSse::new` in "
        "`sse/sse_planner.rs`)", "6.4.1"),
    Row("half", ("half::binary16::arch::x86::*_f16c",), ("avx", "f16c"),
        "half asks the CPU at each conversion (`convert_fn!` in `binary16/arch.rs`)", "2.7.1"),
    Row("pulp", ("pulp::x86::v3::V3::vectorize::*",), (*_AVX2, "fma"),
        "pulp asks the CPU before it makes a `V3` (`V3::try_new` in `core_arch/x86/mod.rs`)",
        "0.22.3"),
    Row("gemm_common", ("gemm_common::simd::x86::V3::vectorize::*",), (*_AVX2, "f16c", "fma"),
        "gemm asks the CPU before it makes a `V3` (`V3::try_new` in `simd.rs`)", "0.19.0"),
    Row("gemm_*", ("gemm_*::microkernel::fma::*",), (*_AVX2, "fma"),
        "gemm asks the CPU at its first product (`feature_detected!` in `gemm.rs` of gemm-common)",
        "0.19.0"),
    Row("gemm_f16",
        ("gemm_f16::gemm::f16::fma::gemm_basic", "gemm_f16::gemm::gemm_basic_generic::*"),
        ("avx", "f16c"),
        "gemm asks the CPU at its first product (`init_gemm_fn` in `gemm.rs` of gemm-f16)",
        "0.19.0"),
    Row("fearless_simd",
        ("<fearless_simd::generated::avx2::Avx2 as *>::vectorize::vectorize_avx2",),
        (*_AVX2, "bmi1", "bmi2", "cmpxchg16b", "f16c", "fma", "lzcnt", "movbe", "popcnt"),
        "fearless_simd asks the CPU before it makes an `Avx2` (`Level::new` in `lib.rs`)",
        "1.2.0"),
    Row("fearless_simd",
        ("<fearless_simd::generated::sse4_2::Sse4_2 as *>::vectorize::vectorize_sse4_2",),
        ("sse3", *_SSE41, "sse4.2", "popcnt", "cmpxchg16b"),
        "fearless_simd asks the CPU before it makes an `Sse4_2` (`Level::new` in `lib.rs`)",
        "1.2.0"),
    Row("fearless_simd",
        ("<fearless_simd::generated::avx512::Avx512 as *>::vectorize::vectorize_avx512",),
        (*_AVX2, "avx512bw", "avx512cd", "avx512dq", "avx512f", "avx512vl", "bmi1", "bmi2", "f16c",
         "fma", "lzcnt", "popcnt"),
        "fearless_simd asks the CPU before it makes an `Avx512` (`Level::new` in `lib.rs`)",
        "1.2.0"),
    Row("rten_simd", ("rten_simd::dispatch::dispatch::dispatch_avx2",), (*_AVX2, "fma"),
        "rten-simd asks the CPU at each call (`dispatch` in `dispatch.rs`)", "0.24.0"),
    Row("rten_simd", ("rten_simd::dispatch::dispatch::dispatch_avx512",),
        (*_AVX2, "avx512bw", "avx512dq", "avx512f", "avx512vl", "fma"),
        "rten-simd asks the CPU at each call (`is_avx512_supported` in `isa_detection.rs`)",
        "0.24.0"),
    Row("pxfm", ("pxfm::*_fma_impl",), ("avx", "fma"),
        "pxfm asks the CPU at each function's first call (such as `f_exp` in `exponents/exp.rs`)",
        "0.1.30"),
    Row("bitpacking", ("*bitpacking::bitpacker8x::avx2::*",), _AVX2,
        "bitpacking asks the CPU in `BitPacker8x::new` (`bitpacker8x.rs`)", "0.9.3"),
    Row("bitpacking", ("*bitpacking::bitpacker4x::sse3::*",), ("sse3",),
        "bitpacking asks the CPU in `BitPacker4x::new` (`bitpacker4x.rs`)", "0.9.3"),
    Row("argminmax", ("argminmax::simd::*::AVX2>::arg*",), _AVX2,
        "argminmax asks the CPU at each call (`lib.rs`)", "0.6.3"),
    Row("argminmax", ("argminmax::simd::*::SSE>::arg*",), ("sse3", *_SSE41, "sse4.2"),
        "argminmax asks the CPU at each call (`lib.rs`)", "0.6.3"),
    Row("tantivy_bitpacker", ("tantivy_bitpacker::filter_vec::avx2::*",), _AVX2,
        "tantivy-bitpacker asks the CPU at its first call (`filter_vec/mod.rs`)", "0.9"),
    Row("simsimd", ("simsimd_*_haswell",),
        (*_AVX2, "bmi2", "f16c", "fma", "lzcnt", "popcnt"),
        "simsimd asks the CPU at its first call (`simsimd_capabilities` in `lib.c`)", "6.5.16"),
    Row("simsimd",
        ("simsimd_*_skylake", "simsimd_*_ice", "simsimd_*_genoa", "simsimd_*_sapphire",
         "simsimd_*_turin"),
        (*_AVX2, "avx512_vp2intersect", "avx512bf16", "avx512bw", "avx512dq", "avx512f",
         "avx512fp16", "avx512vbmi2", "avx512vl", "avx512vnni", "avx512vpopcntdq", "bmi2",
         "f16c", "fma", "lzcnt", "popcnt"),
        "simsimd asks the CPU at its first call (`simsimd_capabilities` in `lib.c`)", "6.5.16"),
    Row("nano_gemm_f*", ("nano_gemm_f*::x86::*::matmul_*",), (*_AVX2, "fma"),
        "nano-gemm asks the CPU when it makes a plan (`Plan::new_colmajor_lhs_and_dst_f64` and "
        "others in `lib.rs`)", "0.1.3"),
    Row("rubato", ("*rubato::sinc_interpolator::sinc_interpolator_avx::*",), ("avx", "fma"),
        "rubato asks the CPU in `AvxInterpolator::new` "
        "(`sinc_interpolator/sinc_interpolator_avx.rs`)", "0.16.2"),
    Row("rubato", ("*rubato::sinc_interpolator::sinc_interpolator_sse::*",), ("sse3",),
        "rubato asks the CPU in `SseInterpolator::new` "
        "(`sinc_interpolator/sinc_interpolator_sse.rs`)", "0.16.2"),
    # Images
    Row("zune_jpeg", ("zune_jpeg::*::avx::*", "zune_jpeg::*::avx2::*"), _AVX2,
        "zune-jpeg asks the CPU when it makes a decoder (`use_avx2` of zune-core, "
        "`options/decoder.rs`)", "0.5.15, zune-core 0.5.3"),
    Row("jpeg_decoder", ("jpeg_decoder::arch::ssse3::*",), ("ssse3",),
        "jpeg-decoder asks the CPU for each image (`arch/mod.rs`)", "0.3.2"),
    Row("fast_image_resize", ("fast_image_resize::*::avx2::*",), _AVX2,
        "fast_image_resize asks the CPU when it makes a resizer (`CpuExtensions::default` in "
        "`cpu_extensions.rs`)", "6.1.0"),
    Row("fast_image_resize", ("fast_image_resize::*::sse4::*",), ("sse3", *_SSE41),
        "fast_image_resize asks the CPU when it makes a resizer (`CpuExtensions::default` in "
        "`cpu_extensions.rs`)", "6.1.0"),
    Row("moxcms", ("moxcms::conversions::avx::*",), (*_AVX2, "fma"),
        "moxcms asks the CPU when it makes a transform (`conversions/rgb_xyz_factory.rs`, "
        "`conversions/lut_transforms.rs`)", "0.8.1"),
    Row("moxcms", ("moxcms::conversions::sse::*",), _SSE41,
        "moxcms asks the CPU when it makes a transform (`conversions/rgb_xyz_factory.rs`, "
        "`conversions/lut_transforms.rs`)", "0.8.1"),
    Row("yuv", ("yuv::avx2::*",), _AVX2,
        "yuv asks the CPU at each conversion (such as `yuv_to_rgba` in `yuv_to_rgba.rs`)",
        "0.8.20"),
    Row("yuv", ("yuv::sse::*",), _SSE41,
        "yuv asks the CPU at each conversion (such as `yuv_to_rgba` in `yuv_to_rgba.rs`)",
        "0.8.20"),
    # Compression
    Row("zlib_rs", ("zlib_rs::*::avx2::*", "zlib_rs::inflate::inflate_fast_help_avx2"),
        (*_AVX2, "bmi2"),
        "zlib-rs asks the CPU at each call (`is_enabled_avx2_and_bmi2` in `cpu_features.rs`)",
        "0.6.8"),
    Row("zlib_rs", ("zlib_rs::crc32::acle::*",), ("crc",),
        "zlib-rs asks the CPU at each call (`is_enabled_crc` in `cpu_features.rs`)", "0.6.8"),
    Row("zlib_rs", ("zlib_rs::crc32::pclmulqdq::Accumulator::*",), ("pclmulqdq", *_SSE41),
        "zlib-rs asks the CPU at each call (`is_enabled_pclmulqdq` in `cpu_features.rs`)",
        "0.6.8"),
    Row("libdeflate_sys", ("adler32_x86_avx2", "adler32_x86_avx2_vnni"), (*_AVX2, "avxvnni"),
        "libdeflate asks the CPU at its first call (`get_x86_cpu_features` in "
        "`lib/x86/cpu_features.h`)", "1.26.1"),
    Row("libdeflate_sys", ("adler32_x86_avx512_*", "crc32_x86_vpclmulqdq_*"),
        (*_AVX2, "avx512bw", "avx512f", "avx512vl", "avx512vnni", "pclmulqdq", "vpclmulqdq"),
        "libdeflate asks the CPU at its first call (`get_x86_cpu_features` in "
        "`lib/x86/cpu_features.h`)", "1.26.1"),
    Row("libdeflate_sys", ("crc32_x86_pclmulqdq*",), ("avx", "pclmulqdq", *_SSE41),
        "libdeflate asks the CPU at its first call (`get_x86_cpu_features` in "
        "`lib/x86/cpu_features.h`)", "1.26.1"),
    Row("libdeflate_sys", ("deflate_decompress_bmi2",), ("bmi2",),
        "libdeflate asks the CPU at its first call (`get_x86_cpu_features` in "
        "`lib/x86/cpu_features.h`)", "1.26.1"),
    Row("libdeflate_sys", ("libdeflate_init_x86_cpu_features",), ("xsave",),
        "libdeflate runs XGETBV where CPUID has the bit OSXSAVE (`lib/x86/cpu_features.c`)",
        "1.26.1"),
    Row("zstd_sys", ("*_bmi2*",), ("bmi1", "bmi2", "lzcnt"),
        "zstd asks CPUID when a context is made (`ZSTD_cpuSupportsBmi2`)"),
    Row("zstd_sys", ("HUF_decompress4X?_usingDTable_internal_fast*",), ("bmi1", "bmi2", "lzcnt"),
        "zstd runs these where its `DTable` says that the CPU has BMI2 (`HUF_DGEN`)"),
    # Atomics
    Row("portable_atomic", ("portable_atomic::imp::atomic128::x86_64::*cmpxchg16b*",),
        ("cmpxchg16b",),
        "portable-atomic asks the CPU at its first call (`detect` in `imp/detect/x86_64.rs`)",
        "1.15.0"),
    Row("portable_atomic", ("portable_atomic::imp::atomic128::x86_64::*_vmovdqa*",), ("avx",),
        "portable-atomic asks the CPU at its first call (`detect` in `imp/detect/x86_64.rs`)",
        "1.15.0"),
    # What asks
    Row("*", ("*::init_get::init_inner",), ("xsave",),
        "cpufeatures runs XGETBV where CPUID says that the system uses it (bit OSXSAVE, "
        "`__xgetbv!` in `x86.rs`)", "0.2.17, 0.3.1"),
    Row("core_detect", ("core_detect::cache::detect_and_initialize",), ("xsave",),
        "core_detect runs XGETBV where CPUID says that the system uses it (bit OSXSAVE, "
        "`os/x86.rs`)", "1.0.0"),
    Row("portable_atomic", ("portable_atomic::imp::atomic128::x86_64::detect::_detect",),
        ("xsave",),
        "portable-atomic runs XGETBV where CPUID has the bit OSXSAVE (`imp/detect/x86_64.rs`)",
        "1.15.0"),
    Row("rtvariants_guard", ("rtvariants_guard::arch::x86_64::*",), ("xsave",),
        "the guard runs XGETBV where CPUID says that the system uses it (bit OSXSAVE)"),
    Row("std_detect", ("std_detect::detect::*",), ("xsave",),
        "the standard library runs XGETBV where CPUID says that the system uses it (bit OSXSAVE)"),
    Row("*", ("__isa_available_init",), ("xsave",),
        "Microsoft's start code runs XGETBV where CPUID says that the system uses it (bit "
        "OSXSAVE)"),
    Row("compiler_builtins",
        ("compiler_builtins::math::libm_math::arch::x86::detect::load_x86_features",), ("xsave",),
        "compiler_builtins runs XGETBV where CPUID has the bit OSXSAVE "
        "(`libm/src/math/arch/x86/detect.rs`)", "Rust 1.95.0"),
    # Compilers and the C library
    Row("compiler_builtins", ("compiler_builtins::math::libm_math::arch::x86::fma::*_with_fma",),
        ("avx", "fma"),
        "compiler_builtins asks the CPU at the first call (`select_once!` in "
        "`libm/src/math/arch/x86/fma.rs`)", "Rust 1.95.0"),
    Row("compiler_builtins", ("compiler_builtins::math::libm_math::arch::x86::fma::*_with_fma4",),
        ("avx", "fma4"),
        "compiler_builtins asks the CPU at the first call (`select_once!` in "
        "`libm/src/math/arch/x86/fma.rs`)", "Rust 1.95.0"),
    Row("*", ("__aarch64_*",), ("lse",),
        "compilers' outline atomics ask the kernel's AT_HWCAP once (`__aarch64_have_lse_atomics`)"),
    Row("*", ("_ZN*9libunwind*",), ("mte", "sve"),
        "libunwind reads SVE's width for a frame whose unwind data names that register, and writes "
        "tags of memory for one that says that its stack has them: frames of code for such CPUs"),
    Row("*", ("__libunwind_Registers_arm64_za_disable",), ("sme", "unknown"),
        "libunwind calls it where AT_HWCAP2 of the kernel lists SME "
        "(`Registers_arm64::zaDisable`)"),
)  # fmt: skip

#: The rows as entries of the configuration's kind.
KNOWN = tuple(entry for row in ROWS for entry in row.entries())
