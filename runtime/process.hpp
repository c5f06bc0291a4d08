// What a node asks of the kernel for its own process.
#pragma once

namespace holdfast::runtime {

/// No core dumps and no looking into /proc: both would show tenants' values,
/// and turn a read-only descriptor into a writable one.
void harden_process() noexcept;

/// Raises the soft limit on descriptors to the hard one: a client takes one, a
/// region two.
void raise_descriptor_limit() noexcept;

} // namespace holdfast::runtime
