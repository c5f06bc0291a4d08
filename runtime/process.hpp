// What a node asks of the kernel for its own process.
#pragma once

namespace holdfast::runtime {

/// No core dumps and no looking into /proc: both would show tenants' values,
/// and turn a read-only descriptor into a writable one.
void harden_process() noexcept;

/// Raises the soft limit on descriptors to the hard one: a client takes one, a
/// region two.
void raise_descriptor_limit() noexcept;

/// Has the allocator keep what messages between nodes were made of, instead of
/// giving it back to the kernel and asking for it again with each: up to
/// config::freed_bytes_kept in each of its arenas. Before any thread.
void keep_freed_memory() noexcept;

} // namespace holdfast::runtime
