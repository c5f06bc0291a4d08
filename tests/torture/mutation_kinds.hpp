// The kinds of mutations, each in one file with those of its sort. All answer
// false where the history has no place for it.
#pragma once

#include "tests/torture/mutation_places.hpp"

namespace holdfast::test {

/// Of what one client sees.
bool swap_reads(history& of, dice& by);
bool go_back_to_older_epoch(history& of, dice& by);
bool go_back_in_new_memory(history& of, dice& by);
bool fabricate(history& of, dice& by);
bool garble(history& of, dice& by);
bool show_other_variable(history& of, dice& by);
bool show_the_future(history& of, dice& by);
bool show_rejected(history& of, dice& by);
bool show_as_empty(history& of, dice& by);

/// Of what somebody was promised.
bool lose_flush(history& of, dice& by, record_kind kind,
                std::uint64_t more_versions = 0);
bool give_version_twice(history& of, dice& by);
bool commit_early(history& of, dice& by);
bool replace_committed(history& of, dice& by);
bool swap_stores(history& of, dice& by);
bool give_version_again(history& of, dice& by);
bool confirmed_goes_back(history& of, dice& by);
bool begin_empty(history& of, dice& by);
bool be_unreadable(history& of, dice& by);
bool end_empty(history& of, dice& by);

/// Of what was on disk when all memory was lost; only in a story of disks.
bool lose_durable(history& of, dice& by);
bool empty_the_disks(history& of, dice& by);
bool give_version_on_disk_again(history& of, dice& by);

} // namespace holdfast::test
