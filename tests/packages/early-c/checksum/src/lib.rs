//! A sum, by way of C.

unsafe extern "C" {
    #[link_name = "sum_of_bytes"]
    fn c_sum_of_bytes(bytes: *const u8, count: usize) -> u32;
}

/// The sum of all bytes, wrapping around.
pub fn sum_of_bytes(bytes: &[u8]) -> u32 {
    // SAFETY: the function reads as many bytes as the slice has.
    unsafe { c_sum_of_bytes(bytes.as_ptr(), bytes.len()) }
}
