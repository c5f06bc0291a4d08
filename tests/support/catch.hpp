// Catch2, whichever of the two versions Debian has: 2 on bookworm, 3 on trixie.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
