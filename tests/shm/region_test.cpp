#include "tests/shm/attached_region.hpp"
#include "tests/support/catch.hpp"

#include <fcntl.h>

using namespace holdfast;
using namespace holdfast::test;
using shm::errc;
using shm::layout::variable_kind;

namespace {

// F_SEAL_EXEC comes with MFD_NOEXEC_SEAL where the kernel has it.
constexpr unsigned exec_seal = 0x20;

} // namespace

TEST_CASE("impossible sizes are refused with their range", "[shm][unit]") {
  auto options = small_region();
  options.bytes = 1000;
  CHECK(shm::region::create(options).assume_error().code == errc::bad_argument);
  options = small_region();
  options.variables_max = 65536; // its bookkeeping needs more than 4 MiB
  CHECK(shm::region::create(options).assume_error().code == errc::bad_argument);
  options = small_region();
  options.bytes_max = 1;
  CHECK(shm::region::create(options).assume_error().code == errc::bad_argument);
}

TEST_CASE_METHOD(attached_region, "both objects are sealed and 0600",
                 "[shm][unit]") {
  const auto control
    = shm::memory_object::adopt(owner->share_control().assume_value());
  const auto data = shm::memory_object::adopt(
    owner->share_data(shm::access::write).assume_value());

  CHECK((control.seals().assume_value() & ~exec_seal)
        == (F_SEAL_FUTURE_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL));
  CHECK((data.seals().assume_value() & ~exec_seal)
        == (F_SEAL_SHRINK | F_SEAL_SEAL));
  CHECK_FALSE(control.map(shm::access::write, 4096));
}

TEST_CASE("what will not grow is sealed against it", "[shm][unit]") {
  auto options = small_region();
  options.bytes_max = options.bytes;
  options.node_writes_only = GENERATE(false, true);
  attached_region fixed{options};

  const auto data = shm::memory_object::adopt(
    fixed.owner->share_data(shm::access::read).assume_value());

  CHECK((data.seals().assume_value() & F_SEAL_GROW) != 0);
}

TEST_CASE_METHOD(attached_region, "an object that a client grew attaches",
                 "[shm][unit]") {
  const auto data = owner->share_data(shm::access::write).assume_value();
  REQUIRE(::ftruncate(data.get(), 1LL << 30) == 0);

  CHECK(attach().list());
}

TEST_CASE("a region the node alone writes gives no writable descriptor",
          "[shm][unit]") {
  auto options = small_region();
  options.node_writes_only = true;
  attached_region closed{options};

  CHECK(closed.owner->share_data(shm::access::write).assume_error().code
        == errc::no_right);
  const auto data = shm::memory_object::adopt(
    closed.owner->share_data(shm::access::read).assume_value());
  CHECK((data.seals().assume_value() & F_SEAL_FUTURE_WRITE) != 0);
}

TEST_CASE_METHOD(attached_region, "variables come and go under clients",
                 "[shm][unit]") {
  const auto client = attach();
  add_value<double>("a");
  add_value<double>("b");

  const auto a = client.find<double>("a").assume_value();
  const auto b = client.find<double>("b").assume_value();
  REQUIRE(a.store(1.0));
  REQUIRE(b.store(2.0));
  REQUIRE(owner->remove_variable("a"));

  CHECK(a.read().assume_error() == errc::removed);
  CHECK(a.store(2.0).assume_error() == errc::removed);
  CHECK(b.read().assume_value().value == 2.0);
  CHECK(client.find<double>("a").assume_error().code == errc::no_such_variable);
  CHECK(owner->remove_variable("a").assume_error().code
        == errc::no_such_variable);
  CHECK(client.list().assume_value().size() == 1);
  REQUIRE(owner->remove_variable("b"));
  CHECK(b.read().assume_error() == errc::removed);
}

TEST_CASE_METHOD(attached_region,
                 "a successor is never read through an old "
                 "handle",
                 "[shm][unit]") {
  const auto client = attach();
  add_value<double>("a");
  const auto old = client.find<double>("a").assume_value();
  REQUIRE(old.store(1.0));
  REQUIRE(owner->remove_variable("a"));
  add("b", variable_kind::string, "string", 8);
  const auto successor = client.find_string("b").assume_value();
  REQUIRE(successor.at().slot == old.at().slot);

  CHECK(successor.read().assume_error() == errc::no_value);
  REQUIRE(successor.store("new"));

  CHECK(old.read().assume_error() == errc::removed);
  CHECK(old.store(2.0).assume_error() == errc::removed);
  CHECK(successor.read().assume_value().value == "new");
}

TEST_CASE_METHOD(attached_region,
                 "bytes are not reused while a writer is "
                 "inside",
                 "[shm][unit]") {
  const auto client = attach();
  add_value<double>("a");
  const auto a = client.find<double>("a").assume_value();
  REQUIRE(shm::take_lock(a.at(), a.in().owner) == errc::ok);
  const auto free_before = owner->status().bytes_free;

  REQUIRE(owner->remove_variable("a"));
  CHECK(owner->status().bytes_free == free_before);
  owner->release_client(a.in().owner);

  CHECK(owner->status().bytes_free > free_before);
}

TEST_CASE_METHOD(attached_region, "names, capacities and room are checked",
                 "[shm][unit]") {
  using spec = shm::variable_spec;
  const auto code = [this](const spec& wanted) {
    return owner->add_variable(wanted).assume_error().code;
  };
  add_value<double>("a");

  CHECK(code({"a", variable_kind::value, "f64", 8}) == errc::exists);
  CHECK(code({"", variable_kind::value, "f64", 8}) == errc::bad_argument);
  CHECK(code({std::string(64, 'x'), variable_kind::value, "f64", 8})
        == errc::bad_argument);
  CHECK(code({"b", variable_kind::value, "f64", 0}) == errc::bad_argument);
  CHECK(code({"b", variable_kind::bytes, "bytes", (16U << 20) + 1})
        == errc::bad_argument);
  CHECK(code({"b", variable_kind::counter, "i64", 4}) == errc::bad_argument);
  CHECK(code({"b", variable_kind::bytes, "bytes", 16U << 20}) == errc::full);
}

TEST_CASE_METHOD(attached_region, "a full directory says so and recovers",
                 "[shm][unit]") {
  for (int i = 0; i < 256; ++i)
    add_value<double>("v" + std::to_string(i));

  CHECK(owner->add_variable({"w", variable_kind::value, "f64", 8})
          .assume_error()
          .code
        == errc::full);
  for (int i = 0; i < 256; ++i)
    REQUIRE(owner->remove_variable("v" + std::to_string(i)));

  add_value<double>("w");
  CHECK(attach().list().assume_value().size() == 1);
}

TEST_CASE_METHOD(attached_region, "a region grows under attached clients",
                 "[shm][unit]") {
  const auto writer = attach();
  const auto reader = attach(shm::access::read);
  add_value<double>("a");
  const auto before = writer.find<double>("a").assume_value();
  REQUIRE(before.store(1.0));
  const shm::variable_spec large{"large", variable_kind::bytes, "bytes",
                                 4U << 20};
  REQUIRE(owner->add_variable(large).assume_error().code == errc::full);

  REQUIRE(owner->grow(16U << 20));
  REQUIRE(owner->add_variable(large));

  const std::vector<std::byte> value(4U << 20, std::byte{9});
  REQUIRE(writer.find_bytes("large").assume_value().store(value));
  CHECK(reader.find_bytes("large").assume_value().read().assume_value().value
        == value);
  CHECK(before.read().assume_value().value == 1.0);
  CHECK(reader.bytes() == 16U << 20);
  CHECK(owner->grow(1).assume_error().code == errc::bad_argument);
  CHECK(owner->grow(17U << 20).assume_error().code == errc::bad_argument);
}

TEST_CASE("a full client table is an error and its numbers are reused",
          "[shm][unit]") {
  auto options = small_region();
  options.clients_max = 2;
  attached_region two{options};
  const auto a = two.owner->admit_client().assume_value();
  REQUIRE(two.owner->admit_client());

  CHECK(two.owner->admit_client().assume_error().code == errc::full);
  two.owner->release_client(a);

  CHECK(two.owner->admit_client());
}

TEST_CASE_METHOD(attached_region,
                 "a dead client's lock is freed and its "
                 "store is found",
                 "[shm][unit]") {
  add_value<double>("a");
  const auto dying = attach();
  const auto next = attach();
  const auto a = dying.find<double>("a").assume_value();
  REQUIRE(shm::take_lock(a.at(), a.in().owner) == errc::ok);
  shm::fill_slot(a.at(), 1, [](auto* payload) {
    payload->store(0);
    return 8U;
  });
  shm::publish(a.at(), 1); // and dies before the dirty mark

  const auto report = owner->release_client(a.in().owner);

  CHECK(report.locks_freed == 1);
  CHECK(owner->drain() == 1);
  CHECK(next.find<double>("a").assume_value().store(2.0).assume_value() == 2);
  CHECK(owner->status().repairs == 1);
}

TEST_CASE_METHOD(attached_region, "memory that is no region is refused",
                 "[shm][unit]") {
  const auto refused = [this](auto spoil) {
    auto control = shm::memory_object::create(
      "fake", shm::layout::plan::of(256).control_bytes);
    auto object = std::move(control).assume_value();
    auto mapped = object.map(shm::access::write, 4096).assume_value();
    const auto view_of_real = attach();
    const auto& real = *view_of_real.attached()->map.control;
    auto* fake = static_cast<std::byte*>(mapped.get_address());
    std::memcpy(fake, static_cast<const void*>(&real), 4096);
    spoil(*reinterpret_cast<shm::layout::control_header*>(fake));
    shm::attach_grant grant;
    grant.control = object.share(shm::access::read).assume_value();
    grant.data = owner->share_data(shm::access::read).assume_value();
    const auto view = shm::region_view::attach(std::move(grant));
    return view ? errc::ok : view.assume_error().code;
  };

  CHECK(refused([](auto&) {}) == errc::ok);
  CHECK(refused([](auto& c) { c.magic = 1; }) == errc::bad_layout);
  CHECK(refused([](auto& c) { --c.layout_version; }) == errc::bad_layout);
  CHECK(refused([](auto& c) { ++c.layout_version; }) == errc::bad_layout);
  CHECK(refused([](auto& c) { c.variables_max = 0; }) == errc::bad_layout);
  CHECK(refused([](auto& c) { c.variables_max = 60000; }) == errc::bad_layout);
  CHECK(refused([](auto& c) { c.region_id = 8; }) == errc::bad_layout);
  CHECK(refused([](auto& c) { c.data_bytes_max = ~0ULL; }) == errc::bad_layout);
  CHECK(refused([](auto& c) { c.data_bytes_max = 4096; }) == errc::bad_layout);
}
