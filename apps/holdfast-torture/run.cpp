#include "apps/holdfast-torture/run.hpp"

#include "apps/holdfast-torture/boot_time.hpp"
#include "apps/holdfast-torture/checker/check.hpp"
#include "apps/holdfast-torture/crew.hpp"
#include "apps/holdfast-torture/faults.hpp"
#include "apps/holdfast-torture/final_reads.hpp"
#include "apps/holdfast-torture/names.hpp"
#include "apps/holdfast-torture/progress.hpp"
#include "apps/holdfast-torture/torture_value.hpp"
#include "apps/processes/interruption.hpp"

#include <filesystem>

namespace holdfast::torture {

namespace {

using processes::eventually;

constexpr std::uint64_t region_bytes = 1 << 20;

std::string made_histories_in(const std::string& directory) {
  auto path = directory + "/histories";
  std::filesystem::create_directory(path);
  return path;
}

class torture_run {
public:
  explicit torture_run(const torture_options& options)
    : options_{options},
      histories_{made_histories_in(directory_.path())},
      nodes_{options, directory_.path()},
      own_{histories_, 0},
      tail_{histories_} {
    if (options.keep) {
      directory_.keep();
      nodes_.keep();
    }
  }

  run_result go() {
    run_result made;
    make_region();
    made.replicas = replicas_;
    crew clients{options_, nodes_, directory_.path()};
    faults trouble{options_, nodes_, clients, own_, tail_, replicas_};
    attempt(made, [&] { befall(trouble); });
    made.ended_full = trouble.ended_full();
    clients.stop();
    // A node that has not come back says nothing of what was promised.
    attempt(made, [&] {
      trouble.await_whole();
      read_finally(nodes_, histories_, clients.next_id(), options_.variables,
                   replicas_ > 0);
    });
    judge(made);
    return made;
  }

private:
  template <class What>
  void attempt(run_result& into, What what) {
    try {
      what();
    } catch (const run_problem& problem) {
      into.reasons_void.push_back(problem.what());
    } catch (const promise_broken& broken) {
      broken_.push_back(broken);
    }
  }

  void make_region() {
    say("waiting for the nodes to agree");
    until("no region can be made", [this] { return create_region(); });
    for (std::uint32_t i = 0; i < options_.variables; ++i)
      until("no variable can be made", [this, i] { return add_variable(i); });
    const auto wanted = options_.nodes - std::size_t{1};
    eventually([&] { return count_replicas() >= wanted; },
               defaults::replicas_patience);
    replicas_ = count_replicas();
    if (replicas_ < wanted)
      say("the region has " + std::to_string(replicas_) + " replicas, not "
          + std::to_string(wanted));
  }

  bool create_region() const {
    const auto made = nodes_.call(1, "create_region",
                                  {{"region", std::string{region_name}},
                                   {"bytes", region_bytes},
                                   {"variables_max", variables_room()},
                                   {"durability", durability()}});
    return made || made.assume_error().code == shm::errc::exists;
  }

  std::string durability() const {
    return options_.on_disk() ? "disk" : "memory";
  }

  std::uint64_t variables_room() const {
    return std::max<std::uint64_t>(options_.variables, 16);
  }

  bool add_variable(std::uint32_t number) const {
    const auto type = std::string{shm::type_tag<torture_value>::value};
    const auto made
      = nodes_.call(1, "add_variable",
                    {{"region", std::string{region_name}},
                     {"name", variable_name(number)},
                     {"kind", std::string{"value"}},
                     {"type", type},
                     {"capacity", std::uint64_t{sizeof(torture_value)}}});
    return made || made.assume_error().code == shm::errc::exists;
  }

  std::size_t count_replicas() const {
    const auto told = nodes_.region_at(1);
    return told ? told->replicas : 0;
  }

  template <class Condition>
  static void until(const char* missing, Condition holds) {
    if (!eventually(holds, defaults::start_patience))
      throw std::runtime_error{
        std::string{missing} + " within "
        + std::to_string(defaults::start_patience.count()) + " s"};
  }

  void befall(faults& trouble) {
    trouble.await_whole();
    trouble.await_service(1);
    const auto all = plan(options_.faults, options_.seed);
    for (std::size_t i = 0; i < all.size(); ++i) {
      say_fault(i + 1, all.size(), all[i]);
      trouble.carry_out(all[i]);
    }
    processes::rest(defaults::gap_max);
    trouble.await_service(now_ns());
  }

  void judge(run_result& made) const {
    say("checking");
    auto loaded = load_histories(histories_);
    if (!loaded)
      throw std::runtime_error{loaded.assume_error().message()};
    *made.recorded = std::move(loaded).assume_value();
    check_options how;
    how.may_begin_empty = !options_.survives_one();
    made.found = check(*made.recorded, how);
    for (const auto& each : broken_)
      made.found.add(each.broken, each.what(), {});
    made.seen = measure(*made.recorded, options_.bounds);
    for (auto& each : reasons_void(made.seen, options_.bounds, options_.faults,
                                   options_.nodes))
      made.reasons_void.push_back(std::move(each));
    if (options_.keep) {
      made.kept = nodes_.directories();
      made.kept.push_back(directory_.path());
    }
  }

  const torture_options& options_;
  processes::temporary_directory directory_;
  std::string histories_;
  nodes nodes_;
  history_writer own_; ///< of the run itself, as client 0
  history_tail tail_;
  std::size_t replicas_ = 0;
  std::vector<promise_broken> broken_; ///< what no history tells of
};

} // namespace

run_result run(const torture_options& options) {
  return torture_run{options}.go();
}

} // namespace holdfast::torture
