// SPDX-License-Identifier: ISC
#include "view/task.hpp"

#include "support/catch.hpp"

using namespace mailpipe;

TEST_CASE("options that do not go together are refused", "[view]") {
    const auto requests = [] {
        std::vector<view::Request> wrong(7);
        wrong[0].list = wrong[0].check = true;
        wrong[1].list = wrong[1].is_raw = true;
        wrong[2].field = "To";
        wrong[2].charset = "utf-8";
        wrong[3].check = true;
        wrong[3].match = "*";
        wrong[4].part = "1";
        wrong[4].headers = "";
        wrong[5].field = "";
        wrong[6].part = "1";
        wrong[6].is_raw = true;
        wrong[6].charset = "utf-8";
        return wrong;
    }();
    for (const auto& request : requests) {
        const auto task = view::choose_task(request);
        REQUIRE_FALSE(task);
        CHECK(task.error().status == ExitStatus::usage);
    }
}
