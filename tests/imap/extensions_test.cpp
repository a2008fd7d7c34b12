// SPDX-License-Identifier: ISC
// Extensions that change what a session is told, each as a conversation.
#include "support/catch.hpp"

#include <fstream>

#include "base/files.hpp"
#include "base/log.hpp"
#include "imap/serve.hpp"
#include "support/memory_stream.hpp"
#include "support/temp_dir.hpp"

using namespace mailpipe;
using namespace mailpipe::imap;

namespace {

/// Alice's Maildir, with `messages` small ones in INBOX.
struct Site {
    explicit Site(int messages = 3) {
        open_log("test", LogTarget::nowhere);
        for (const auto* part : {"/new", "/cur", "/tmp"}) REQUIRE(make_directories(home.path() + part));
        for (int i = 1; i <= messages; ++i) {
            std::ofstream{home / ("cur/" + std::to_string(1700000000 + i) + ".M1P1.mx:2," + (i == 1 ? "S" : ""))}
                << "Subject: " << i << "\n\nhello\n";
        }
    }

    /// What the server says to `commands`, after the login.
    std::string talk(const std::string& commands) const {
        test::MemoryStream stream{"L LOGIN alice secret\r\n" + commands + "Z LOGOUT\r\n"};
        io::Channel channel{stream};
        World world;
        world.verify = [](auto name, auto) {
            sasl::User user;
            user.name = name;
            return Result<std::optional<sasl::User>>{user};
        };
        world.enter = [this](const auto&) { return Result<Home>{Home{home.path(), {}, {}, without}}; };
        (void)serve(channel, {.address = "local", .is_loopback = true}, settings, world);
        const auto login = stream.output.find("\r\nL OK");
        return stream.output.substr(stream.output.find("\r\n", login + 2) + 2);
    }

    test::TempDir home;
    std::set<std::string> without{};
    Settings settings{.hostname = "mx.test"};
};

bool has(const std::string& text, const std::string& line) { return ("\r\n" + text).find("\r\n" + line + "\r\n") != std::string::npos; }
bool begins(const std::string& text, const std::string& line) { return ("\r\n" + text).find("\r\n" + line) != std::string::npos; }

const std::string uid_only = "A ENABLE UIDONLY\r\nB SELECT INBOX\r\n";

}  // namespace

TEST_CASE("With UIDONLY enabled, commands with message numbers are BAD", "[imap][rfc9586-3.1]") {
    const Site site;
    for (const std::string command :
         {"FETCH 1 FLAGS", "STORE 1 FLAGS ()", "COPY 1 INBOX", "MOVE 1 INBOX", "SEARCH ALL", "SORT (DATE) UTF-8 ALL",
          "THREAD REFS UTF-8 ALL", "UID SEARCH 1:2", "UID SEARCH NOT (SEEN 1)", "UID SORT (DATE) UTF-8 1"}) {
        INFO(command);
        const auto said = site.talk(uid_only + "C " + command + "\r\n");
        CHECK(has(said, "* ENABLED UIDONLY"));
        CHECK(begins(said, "C BAD [UIDREQUIRED] "));
    }
    CHECK(begins(site.talk("A ENABLE UIDONLY QRESYNC\r\nC SELECT INBOX (QRESYNC (1 1 1:3 (1 1)))\r\n"), "C BAD [UIDREQUIRED] "));
    CHECK(begins(site.talk("B SELECT INBOX\r\nC FETCH 1 FLAGS\r\n"), "C OK "));
}

TEST_CASE("With UIDONLY enabled, messages are told of by UID", "[imap][rfc9586-3.3][rfc9586-3.4]") {
    const Site site;
    const auto said = site.talk(uid_only +
                                "C UID FETCH 1 FLAGS\r\nD UID FETCH 2 UID\r\nE UID STORE 2 +FLAGS (\\Deleted)\r\n"
                                "F UID SEARCH UNSEEN\r\nG EXPUNGE\r\nH UID FETCH 3 (UID RFC822.SIZE)\r\n");
    CHECK(has(said, "* 3 EXISTS"));
    CHECK_FALSE(begins(said, "* OK [UNSEEN"));
    CHECK(has(said, "* 1 UIDFETCH (FLAGS (\\Seen))"));
    CHECK(has(said, "* 2 UIDFETCH (UID 2)"));
    CHECK(has(said, "* 2 UIDFETCH (FLAGS (\\Deleted))"));
    CHECK(has(said, "* SEARCH 2 3"));
    CHECK(has(said, "* VANISHED 2"));
    CHECK(has(said, "* 3 UIDFETCH (RFC822.SIZE 21)"));
    CHECK(said.find("EXPUNGE\r\n") == std::string::npos);
    CHECK(said.find(" FETCH") == std::string::npos);
}

TEST_CASE("A user whose client breaks by a capability is not offered it", "[imap][rfc9586-3.1]") {
    Site site;
    site.without = capability_names("Uidonly,X,");
    const auto said = site.talk("A CAPABILITY\r\n" + uid_only + "C FETCH 1 FLAGS\r\n");
    CHECK(said.find("UIDONLY") == std::string::npos);
    CHECK(said.find(" PARTIAL") != std::string::npos);
    CHECK(begins(said, "C OK "));
}

TEST_CASE("A long search gives signs of life", "[imap][rfc9585-4.2]") {
    Site site{130};
    for (const std::string command : {"SEARCH TEXT hello", "SORT (SUBJECT) UTF-8 ALL", "THREAD REFS UTF-8 ALL"}) {
        INFO(command);
        site.settings.progress = std::chrono::seconds{0};
        const auto said = site.talk("A CAPABILITY\r\nB EXAMINE INBOX\r\nC1 " + command + "\r\n");
        CHECK(said.find(" INPROGRESS") != std::string::npos);
        CHECK(begins(said, "* OK [INPROGRESS (\"C1\" 64 130)] "));
        CHECK(begins(said, "* OK [INPROGRESS (\"C1\" 128 130)] "));
        site.settings.progress = std::chrono::seconds{10};
        CHECK(site.talk("B EXAMINE INBOX\r\nC1 " + command + "\r\n").find("INPROGRESS") == std::string::npos);
    }
}

TEST_CASE("PARTIAL gives a page of a result, from either end", "[imap][rfc9394-3.1]") {
    const Site site{5};
    const struct {
        std::string options, answer;
    } cases[] = {
        {"PARTIAL 1:2", "UID PARTIAL (1:2 2:3)"},
        {"PARTIAL 2:1", "UID PARTIAL (1:2 2:3)"},
        {"PARTIAL -1:-2", "UID PARTIAL (-1:-2 4:5)"},
        {"PARTIAL -3:-9", "UID PARTIAL (-3:-9 2:3)"},
        {"PARTIAL 4:9", "UID PARTIAL (4:9 5)"},
        {"PARTIAL 5:9", "UID PARTIAL (5:9 NIL)"},
        {"PARTIAL -5:-9", "UID PARTIAL (-5:-9 NIL)"},
        {"MIN PARTIAL 2:3 COUNT", "UID MIN 2 PARTIAL (2:3 3:4) COUNT 4"},
    };
    for (const auto& [options, answer] : cases) {
        INFO(options);
        const auto said = site.talk("B EXAMINE INBOX\r\nC UID SEARCH RETURN (" + options + ") UNSEEN\r\n");
        CHECK(has(said, "* ESEARCH (TAG \"C\") " + answer));
    }
    CHECK(begins(site.talk("B EXAMINE INBOX\r\nC SEARCH RETURN (ALL PARTIAL 1:2) ALL\r\n"), "C BAD "));
    const auto said = site.talk("B EXAMINE INBOX\r\nC UID SORT RETURN (PARTIAL 1:2) (REVERSE SUBJECT) UTF-8 ALL\r\n");
    CHECK(has(said, "* ESEARCH (TAG \"C\") UID PARTIAL (1:2 5,4)"));
}

TEST_CASE("What is saved with PARTIAL is the page", "[imap][rfc9394-3.2]") {
    const Site site{5};
    const struct {
        std::string options, saved;
    } cases[] = {
        {"SAVE PARTIAL 2:3", "3:4"},           {"SAVE PARTIAL 2:3 MIN", "2:4"},   {"SAVE PARTIAL 2:3 MAX", "3:5"},
        {"SAVE PARTIAL 2:2 MIN MAX", "2:3,5"}, {"SAVE PARTIAL 2:2 COUNT", "2:5"}, {"SAVE PARTIAL 2:2 COUNT MIN", "2:5"},
        {"SAVE MIN", "2"},                     {"SAVE MIN COUNT", "2:5"},         {"SAVE", "2:5"},
    };
    for (const auto& [options, saved] : cases) {
        INFO(options);
        const auto said = site.talk("B EXAMINE INBOX\r\nC SEARCH RETURN (" + options + ") UNSEEN\r\nD UID SEARCH RETURN (ALL) $\r\n");
        CHECK(has(said, "* ESEARCH (TAG \"D\") UID ALL " + saved));
    }
}

TEST_CASE("What is only saved is not told", "[imap][rfc9051-6.4.4.4]") {
    const auto said = Site{}.talk("B EXAMINE INBOX\r\nC SEARCH RETURN (SAVE) UNSEEN\r\nD SEARCH RETURN (SAVE COUNT) $\r\n");
    CHECK(said.find("(TAG \"C\")") == std::string::npos);
    CHECK(has(said, "* ESEARCH (TAG \"D\") COUNT 2"));
}

TEST_CASE("UID FETCH with PARTIAL tells of a page", "[imap][rfc9394-3.3]") {
    const Site site{5};
    const auto said = site.talk("B EXAMINE INBOX\r\nC UID FETCH 1:* (UID) (PARTIAL -1:-2)\r\nD UID FETCH 2:9 UID (PARTIAL 1:1)\r\n"
                                "E UID FETCH 1:* UID (PARTIAL 6:7)\r\n");
    const auto answers = said.substr(said.find("* 4 FETCH"));
    CHECK(answers.starts_with("* 4 FETCH (UID 4)\r\n* 5 FETCH (UID 5)\r\nC OK fetched\r\n* 2 FETCH (UID 2)\r\nD OK fetched\r\nE OK fetched\r\n"));
}

TEST_CASE("Who comes from Courier keeps the keywords", "[imap][store]") {
    const Site site;
    REQUIRE(make_directories(site.home / "courierimapkeywords"));
    std::ofstream{site.home / "courierimapkeywords/:list"} << "work\nhome\n\n1700000001.M1P1.mx:0 1\n1700000009.M1P1.mx:0\n";
    std::ofstream{site.home / "courierimapkeywords/1700000003.M1P1.mx"} << "later\n";
    const auto said = site.talk("B SELECT INBOX\r\nC FETCH 1:* FLAGS\r\n");
    CHECK(has(said, "* 1 FETCH (FLAGS (\\Seen work home))"));
    CHECK(has(said, "* 2 FETCH (FLAGS ())"));
    CHECK(has(said, "* 3 FETCH (FLAGS (later))"));
    std::ofstream{site.home / "courierimapkeywords/1700000002.M1P1.mx"} << "late\n";
    CHECK(has(site.talk("B SELECT INBOX\r\nC FETCH 2 FLAGS\r\n"), "* 2 FETCH (FLAGS ())"));
}

TEST_CASE("ESEARCH searches several mailboxes", "[imap][rfc7377-2.1]") {
    const Site site;
    const std::string fill = "a CREATE work\r\nb CREATE work.old\r\nc CREATE work.old.er\r\nd CREATE play\r\ne SELECT INBOX\r\n"
                             "f COPY 1 work\r\ng COPY 1:2 work.old\r\nh COPY 3 work.old.er\r\ni SUBSCRIBE work.old\r\n"
                             "j STORE 2 +FLAGS (blue)\r\n";
    site.talk(fill);
    const struct {
        std::string arguments;
        std::vector<std::string> answers;
    } cases[] = {
        {"IN (selected) UNSEEN", {"INBOX UID ALL 2:3"}},
        {"KEYWORD blue", {"INBOX UID ALL 2"}},
        {"IN (personal) SEEN", {"INBOX UID ALL 1", "work UID ALL 1", "work.old UID ALL 1"}},
        {"IN (inboxes) RETURN (COUNT) ALL", {"INBOX UID COUNT 3", "work UID COUNT 1", "work.old UID COUNT 2", "work.old.er UID COUNT 1"}},
        {"IN (subscribed) ALL", {"work.old UID ALL 1:2"}},
        {"IN (subtree work) RETURN (MAX) ALL", {"work UID MAX 1", "work.old UID MAX 2", "work.old.er UID MAX 1"}},
        {"IN (subtree-one work) RETURN () ALL", {"work UID ALL 1", "work.old UID ALL 1:2"}},
        {"IN (mailboxes (play nowhere work.old.er work.old.er)) ALL", {"work.old.er UID ALL 1"}},
        {"IN (subtree work selected) RETURN (PARTIAL -1:-1) SUBJECT 2", {"INBOX UID PARTIAL (-1:-1 2)", "work.old UID PARTIAL (-1:-1 2)"}},
        {"IN (mailboxes play) ALL", {}},
    };
    for (const auto& [arguments, answers] : cases) {
        INFO(arguments);
        const auto said = site.talk("B SELECT INBOX\r\nC ESEARCH " + arguments + "\r\n");
        CHECK(begins(said, "C OK "));
        std::vector<std::string> got;
        for (auto at = said.find("* ESEARCH"); at != std::string::npos; at = said.find("* ESEARCH", at + 1)) {
            const auto line = said.substr(at, said.find("\r\n", at) - at);
            CHECK(line.starts_with("* ESEARCH (TAG \"C\" MAILBOX "));
            const auto validity = line.find(" UIDVALIDITY ");
            REQUIRE(validity != std::string::npos);
            got.push_back(line.substr(27, validity - 27) + line.substr(line.find(')') + 1));
        }
        CHECK(got == answers);
    }
}

TEST_CASE("ESEARCH leaves the selected mailbox and what is saved as they are", "[imap][rfc7377-2.2]") {
    const Site site;
    site.talk("a CREATE work\r\ne SELECT INBOX\r\nf COPY 1 work\r\n");
    auto said = site.talk("B SELECT INBOX\r\nC SEARCH RETURN (SAVE) UNSEEN\r\nD ESEARCH IN (personal) UNSEEN\r\n"
                          "E ESEARCH IN (personal) $\r\nF UID SEARCH $\r\nG FETCH 3 UID\r\nH ESEARCH RETURN (SAVE) SEEN\r\nI SEARCH $\r\n");
    CHECK(has(said, "* SEARCH 2 3"));
    CHECK(has(said, "* 3 FETCH (UID 3)"));
    CHECK(has(said, "* SEARCH 1"));
    CHECK(said.find("(TAG \"E\" MAILBOX work ") == std::string::npos);
    said = site.talk("B ESEARCH ALL\r\nC ESEARCH IN (selected personal) ALL\r\nD ESEARCH IN (personal) ALL\r\n"
                     "E ESEARCH IN (personal) RETURN (SAVE) ALL\r\nF ESEARCH IN (personal) CHARSET x ALL\r\nG NOOP\r\n");
    for (const auto* bad : {"B BAD ", "C BAD ", "D OK ", "E BAD ", "F NO [BADCHARSET ", "G OK "}) CHECK(begins(said, bad));
    CHECK(begins(said, "* ESEARCH (TAG \"D\" MAILBOX INBOX UIDVALIDITY "));
}
