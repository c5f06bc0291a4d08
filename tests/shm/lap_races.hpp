// Races that need no luck: reader and writer meet inside the library's own
// steps, from within the functions that copy and fill a value.
#pragma once

#include "tests/shm/races.hpp"

namespace holdfast::test {

/// Each copy is lapped: the reader has half of the value when the writer comes
/// around the ring, and the other half when the writer is done with the words
/// of the reader's slot, but not yet with the store. Values of four slots, and
/// of three.
race_outcome lapped_copy_of_four(std::chrono::milliseconds time);
race_outcome lapped_copy_of_three(std::chrono::milliseconds time);

/// Reads in the midst of a store, before and after its words are written.
race_outcome read_during_store(std::chrono::milliseconds time);

} // namespace holdfast::test
