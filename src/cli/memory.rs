//! How the program takes memory from the system.

/// Has the system give this process small pages only, from now on.
///
/// A large page (2 MiB) is there as a whole where a part of it is used, and an allocator with a heap for each thread and
/// size uses parts of many: without them a desk takes a tenth to a quarter less memory, for some hundredths more
/// processor time (measured in docs/PERFORMANCE.md). Nothing happens on systems other than Linux.
pub fn use_small_pages() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::thread::disable_transparent_huge_pages(true) {
        tracing::debug!("memory comes in large pages, where the system has them: {error}");
    }
}
