#include "shm/extents.hpp"

#include "tests/support/catch.hpp"

using holdfast::shm::extents;

TEST_CASE("taken extents do not overlap and lie in the given space",
          "[shm][unit]") {
  extents heap;
  heap.give(1024, 1024);

  const auto a = heap.take(512);
  const auto b = heap.take(256);
  const auto c = heap.take(512);

  CHECK(a == 1024U);
  CHECK(b == 1536U);
  CHECK_FALSE(c);
  CHECK(heap.free_bytes() == 256);
}

TEST_CASE("neighbours that are given back join into one extent",
          "[shm][unit]") {
  extents heap;
  heap.give(0, 384);
  heap.take(128);
  heap.take(128);
  heap.take(128);

  heap.give(0, 128);
  heap.give(256, 128);
  CHECK(heap.largest() == 128);
  heap.give(128, 128);

  CHECK(heap.largest() == 384);
  CHECK(heap.take(384) == 0U);
}

TEST_CASE("giving nothing changes nothing", "[shm][unit]") {
  extents heap;

  heap.give(64, 0);

  CHECK(heap.free_bytes() == 0);
  CHECK_FALSE(heap.take(64));
}
