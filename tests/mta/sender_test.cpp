// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "mta/sender.hpp"

using namespace mailpipe;
using namespace mailpipe::mta;

TEST_CASE("A sender is an address, a local name, or nobody", "[mta]") {
    using mail::Mailbox;
    const auto sender = [](std::string_view text) { return parse_sender(text, "mx.example").value(); };
    CHECK(sender("joe@x.example") == Mailbox{"joe", "x.example"});
    CHECK(sender("<joe@x.example>") == Mailbox{"joe", "x.example"});
    CHECK(sender("root") == Mailbox{"root", "mx.example"});
    for (const auto* nobody : {"", "<>", "MAILER-DAEMON", "<MAILER-DAEMON>"}) CHECK_FALSE(sender(nobody));
    CHECK(exit_status(parse_sender("a b", "mx.example").error()) == ExitStatus::usage);
}
