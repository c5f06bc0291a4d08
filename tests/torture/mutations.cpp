#include "tests/torture/mutations.hpp"

#include "tests/torture/mutation_kinds.hpp"

namespace holdfast::test {

using namespace torture;

namespace {

auto losing(record_kind kind, std::uint64_t more_versions = 0) {
  return [=](history& of, dice& by) {
    return lose_flush(of, by, kind, more_versions);
  };
}

} // namespace

const std::vector<mutation>& mutations() {
  using enum rule;
  static const std::vector<mutation> all{
    {"a linearizable read misses a flush",
     {flush_lost, read_went_back, commit_lost},
     losing(record_kind::confirmed_read)},
    {"a read under the lease misses a flush",
     {flush_lost, read_went_back, commit_lost},
     losing(record_kind::read)},
    {"a flush is gone in the end",
     {flush_lost, read_went_back, commit_lost},
     losing(record_kind::final_read)},
    {"an old value comes back as the newest",
     {flush_lost, read_went_back, commit_lost},
     losing(record_kind::final_read, 5)},
    {"a reader sees two values the wrong way round", {went_back}, swap_reads},
    {"a reader sees an older epoch", {went_back}, go_back_to_older_epoch},
    {"a reader sees older values in new memory",
     {went_back},
     go_back_in_new_memory},
    {"a value that nobody wrote", {nobody_wrote_it}, fabricate},
    {"a value that is torn", {nobody_wrote_it}, garble},
    {"a value of another variable", {nobody_wrote_it}, show_other_variable},
    {"a value that is yet to be written", {nobody_wrote_it}, show_the_future},
    {"a value whose store was rejected", {nobody_wrote_it}, show_rejected},
    {"no value after one", {shown_as_empty}, show_as_empty},
    {"one version for two values", {two_values}, give_version_twice},
    {"a provisional value told committed",
     {version_given_again, commit_lost, two_values},
     commit_early},
    {"an older value after one told committed",
     {commit_lost},
     replace_committed},
    {"two stores change places",
     {stores_out_of_order, two_values, flush_lost, went_back},
     swap_stores},
    {"a safe version is given again",
     {version_given_again},
     give_version_again},
    {"linearizable reads the wrong way round",
     {read_went_back, flush_lost},
     confirmed_goes_back},
    {"the region begins empty", {began_empty}, begin_empty},
    {"a variable cannot be read in the end", {not_readable}, be_unreadable},
    {"a variable is empty in the end",
     {flush_lost, read_went_back, commit_lost},
     end_empty}};
  return all;
}

const std::vector<mutation>& mutations_of_disks() {
  using enum rule;
  static const std::vector<mutation> all{
    {"a durable flush is gone when all nodes come back",
     {durable_flush_lost},
     lose_durable},
    {"nothing is there when all nodes come back",
     {durable_flush_lost},
     empty_the_disks},
    {"a version on disk is given again when all nodes come back",
     {version_given_again},
     give_version_on_disk_again}};
  return all;
}

} // namespace holdfast::test
