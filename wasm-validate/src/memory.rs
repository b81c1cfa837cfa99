//! The module's allocator: a stack in a fixed arena that is empty again after every call.
//!
//! The usual allocator costs 8 KB and grows the memory on first use, which detaches the `ArrayBuffer`
//! that the glue holds; whether every phone's `WXWebAssembly` gets that right is not known. With an
//! arena the memory never grows. A form too large for it traps, and the server decides.
#![expect(unsafe_code, reason = "an allocator cannot be written without")]

use std::alloc::{GlobalAlloc, Layout};
use std::cell::{Cell, UnsafeCell};

/// Room for a form of 24 KB of text with its tree and its report.
const ARENA: usize = 256 * 1024;

struct Arena {
    bytes: UnsafeCell<[u8; ARENA]>,
    /// First free byte.
    top: Cell<usize>,
    /// Blocks in use; at none the arena is empty, whatever order they were freed in.
    live: Cell<usize>,
}

// SAFETY: WebAssembly without the threads proposal has one thread, and the mini-program loads the
// module into one context.
unsafe impl Sync for Arena {}

#[global_allocator]
static MEMORY: Arena = Arena { bytes: UnsafeCell::new([0; ARENA]), top: Cell::new(0), live: Cell::new(0) };

impl Arena {
    fn start(&self) -> usize {
        self.bytes.get().addr()
    }

    /// Whether the block is the last one handed out.
    fn is_last(&self, block: *mut u8, size: usize) -> bool {
        block.addr() + size == self.start() + self.top.get()
    }
}

// SAFETY: blocks come from one arena, are aligned as asked, and do not overlap: `top` only moves back
// over the last block, or to the start when no block is in use.
unsafe impl GlobalAlloc for Arena {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let free = self.start() + self.top.get();
        let from = free.next_multiple_of(layout.align()) - self.start();
        let to = from + layout.size();
        if to > ARENA {
            return std::ptr::null_mut();
        }
        self.top.set(to);
        self.live.set(self.live.get() + 1);
        self.bytes.get().cast::<u8>().wrapping_add(from)
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        self.live.set(self.live.get() - 1);
        if self.live.get() == 0 {
            self.top.set(0);
        } else if self.is_last(block, layout.size()) {
            self.top.set(self.top.get() - layout.size());
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if self.is_last(block, layout.size()) {
            let to = self.top.get() - layout.size() + size;
            if to > ARENA {
                return std::ptr::null_mut();
            }
            self.top.set(to);
            return block;
        }
        // SAFETY: the size is not zero and the alignment is the old block's.
        let moved = unsafe { self.alloc(Layout::from_size_align_unchecked(size, layout.align())) };
        if !moved.is_null() {
            // SAFETY: both blocks are live, apart, and at least this long.
            unsafe {
                std::ptr::copy_nonoverlapping(block, moved, layout.size().min(size));
                self.dealloc(block, layout);
            }
        }
        moved
    }
}
