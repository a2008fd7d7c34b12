// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "mta/inbound/inbound.hpp"

using mailpipe::mta::leaves_room;

TEST_CASE("A message leaves on the disk what shall be left", "[mta]") {
    struct Case { std::uint64_t free, octets, least; bool room; };
    const auto c = GENERATE(values<Case>({
        {100, 0, 100, true}, {99, 0, 100, false}, {150, 50, 100, true}, {150, 51, 100, false},
        {50, 60, 0, false}, {60, 60, 0, true}, {0, UINT64_MAX, 1, false}, {UINT64_MAX, UINT64_MAX, 0, true},
    }));
    CAPTURE(c.free, c.octets, c.least);
    CHECK(leaves_room(c.free, c.octets, c.least) == c.room);
}
