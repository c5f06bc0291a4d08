#include "runtime/loop_worker.hpp"

#include "actors/interfaces.hpp"
#include "runtime/network_steps.hpp"
#include "tests/support/stepped_system.hpp"

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

using rings_actor
  = caf::typed_actor<caf::reacts_to<line_rang>, caf::reacts_to<line_overdue>>;

struct heard {
  int rings = 0;
  bool answered = false;
};

/// Rings itself as often as it was told, or ends.
rings_actor::behavior_type rings(rings_actor::pointer self, heard* into,
                                 int more) {
  return {
    [self, into, more](line_rang) {
      if (++into->rings <= more)
        self->send(self, line_rang{});
    },
    [self](line_overdue) { self->quit(); },
  };
}

/// Asks another, as a session does, and notes the answer.
rings_actor::behavior_type asking(rings_actor::pointer self, heard* into,
                                  const rings_actor& other) {
  return {
    [self, into, other](line_rang) {
      self->request(other, caf::infinite, line_rang{}).then([into] {
        into->answered = true;
      });
    },
    [self](line_overdue) { self->quit(); },
  };
}

/// What CAF hands out that is no actor, such as a message to be unpacked.
struct job final : caf::resumable {
  resume_result resume(caf::execution_unit* on, std::size_t) override {
    ran_on = on;
    return caf::resumable::done;
  }
  void intrusive_ptr_add_ref_impl() override {
    ++references;
  }
  void intrusive_ptr_release_impl() override {
    --references;
  }

  caf::execution_unit* ran_on = nullptr;
  int references = 1; ///< the one that is handed over
};

struct one_loop : stepped_system {
  ~one_loop() {
    for (const auto& each : all)
      end(each);
  }

  template <class Actor, class... Arguments>
  rings_actor add(Actor actor, Arguments... arguments) {
    all.push_back(start(actor, &said, arguments...));
    return all.back();
  }

  runtime::loop_worker loop{system, {1h, 2}};
  runtime::loop_worker exhausted{system, {0ns, 2}};
  heard said;
  std::vector<rings_actor> all;
};

} // namespace

TEST_CASE_METHOD(one_loop, "what a message leads to is done when it is sent",
                 "[runtime][loop_worker]") {
  const auto other = add(rings, 0);
  const auto first = add(asking, other);

  loop.send(first, line_rang{});

  CHECK(said.rings == 1);
  CHECK(said.answered);
}

TEST_CASE_METHOD(one_loop, "what is beyond the loop's share goes to workers",
                 "[runtime][loop_worker]") {
  const auto other = add(rings, 0);
  const auto first = add(asking, other);

  exhausted.send(first, line_rang{});
  CHECK(said.rings == 0);

  run();
  CHECK(said.answered);
}

TEST_CASE_METHOD(one_loop, "an actor that has much to do is left to workers",
                 "[runtime][loop_worker]") {
  const auto busy = add(rings, 100);

  loop.send(busy, line_rang{});
  CHECK(said.rings > 0);
  CHECK(said.rings < 10);

  run();
  CHECK(said.rings == 101);
}

TEST_CASE_METHOD(one_loop, "a message is unpacked where it was read",
                 "[runtime][loop_worker]") {
  job here, later;

  CHECK(loop.run_at_once(&here));
  CHECK(here.ran_on == &loop);
  CHECK(here.references == 0);

  CHECK_FALSE(exhausted.run_at_once(&later));
  CHECK(later.ran_on == nullptr);
  CHECK(later.references == 1);
}

TEST_CASE_METHOD(one_loop, "no thread but the network's runs what comes in",
                 "[runtime][loop_worker]") {
  job other;

  CHECK_FALSE(runtime::run_on_network_thread(&other));
  CHECK(other.references == 1);
}

TEST_CASE_METHOD(one_loop, "an actor that ends on the loop is let go",
                 "[runtime][loop_worker]") {
  auto ending = start(rings, &said, 0);
  const auto address = caf::actor_cast<caf::actor_addr>(ending);

  loop.send(ending, line_overdue{});
  ending = nullptr;

  CHECK_FALSE(caf::actor_cast<caf::strong_actor_ptr>(address));
}

TEST_CASE_METHOD(one_loop, "nobody is there to be sent to",
                 "[runtime][loop_worker]") {
  auto gone = add(rings, 0);
  end(gone);

  loop.send(gone, line_rang{});
  loop.send(rings_actor{}, line_rang{});

  CHECK(said.rings == 0);
}
