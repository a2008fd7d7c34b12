// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <string>

#include "base/files.hpp"
#include "queue/message.hpp"
#include "support/file_size_limit.hpp"
#include "support/temp_dir.hpp"

using namespace mailpipe;
using queue::Event;
using queue::JournalLine;
using queue::Message;

namespace {

int syncs = 0;

}  // namespace

// In place of libc's, for the whole program.
extern "C" int fdatasync(int fd) {
    ++syncs;
    return static_cast<int>(::syscall(SYS_fdatasync, fd));
}

namespace {

constexpr std::string_view fields =
    "Return-Path: <a@a.example>\nDelivered-To: bob@b.example\nMailpipe-Rcpt: NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;bob\n"
    "Delivered-To: carol@b.example\n";
constexpr std::string_view text = "Received: x\nSubject: y\n\nbody\n";

struct Site {
    test::TempDir temp;
    Fd directory = open_directory(temp.path()).value();

    std::string add(std::string_view content, std::size_t octets) {
        const auto name = "1000.M1P1Q1.h,S=" + std::to_string(octets) + ",W=0";
        ::unlinkat(directory.number(), name.c_str(), 0);
        REQUIRE(write_all(create_exclusive_at(directory, name).value(), content));
        return name;
    }
    std::string add(std::string_view journal = "") {
        const auto whole = std::string{fields} + std::string{text};
        return add(whole + std::string{journal}, whole.size());
    }
    Result<Message> open(const std::string& name) { return Message::open(directory, name, Message::Access::work); }
};

}  // namespace

TEST_CASE("A message is opened with its envelope, header and text", "[queue]") {
    Site site;
    auto message = site.open(site.add()).value();
    CHECK(message.envelope().sender == mail::Mailbox{"a", "a.example"});
    REQUIRE(message.recipients().size() == 2);
    CHECK_FALSE(message.is_done());
    CHECK_FALSE(message.has_journal());
    CHECK(message.arrived() == 1000);
    CHECK(message.begin() == fields.size());
    CHECK(message.header(1000).value() == "Received: x\nSubject: y\n");
    char buffer[100];
    const auto n = message.read_at(message.begin(), buffer, sizeof buffer).value();
    CHECK(std::string_view(buffer, n) == text);
}

TEST_CASE("Outcomes that are recorded are there when the message is opened again", "[queue]") {
    Site site;
    const auto name = site.add();
    auto message = site.open(name).value();
    message.note({5, 1, Event::deferred, 451, "4.2.0", "later"});
    message.note({6, 2, Event::delivered, 250, "2.0.0", "ok"});
    CHECK_FALSE(message.has_journal());
    REQUIRE(message.save(site.directory));
    for (const bool again : {false, true}) {
        if (again) message = site.open(name).value();
        CAPTURE(again);
        CHECK(message.has_journal());
        CHECK(message.recipients()[0].tries == 1);
        CHECK_FALSE(message.recipients()[0].is_done());
        CHECK(message.recipients()[1].is_done());
        CHECK(message.recipients()[1].last->text == "ok");
    }
    char buffer[100];
    CHECK(message.read_at(message.begin(), buffer, sizeof buffer).value() == text.size());
    message.note({7, 1, Event::failed, 550, "5.1.1", "no"});
    REQUIRE(message.save(site.directory));
    CHECK(message.is_done());
    CHECK_FALSE(message.recipients()[0].told);
    message.note({7, 1, Event::notified, 250, "2.0.0", "id"});
    REQUIRE(message.save(site.directory));
    CHECK(site.open(name).value().recipients()[0].told);
}

TEST_CASE("Where a recipient's mail goes, and which hosts did not take it, are no outcomes", "[queue]") {
    Site site;
    auto message = site.open(site.add("5 1 routed 250 2.0.0 mx.example\n5 1 tried 451 4.4.1 mx.example: refused\n")).value();
    CHECK(message.recipients()[0].site == "mx.example");
    CHECK_FALSE(message.recipients()[0].last);
    CHECK(message.recipients()[0].tries == 0);
}

TEST_CASE("Hosts that were passed over do not fill the journal", "[queue]") {
    Site site;
    auto message = site.open(site.add()).value();
    const JournalLine line{5, 1, Event::tried, 451, "4.4.1", std::string(500, 'x')};
    const auto fits = Message::max_tried_octets / to_string(line).size();
    for (std::size_t n = 0; n < 2 * fits; ++n) message.note(line);
    CHECK(message.journal().value().size() == fits);
    message.note({5, 1, Event::relayed, 250, "2.0.0", "ok"});
    CHECK(message.journal().value().back().event == Event::relayed);
}

TEST_CASE("Where a journal has become crowded words are cut, so that it never gets too long", "[queue]") {
    Site site;
    const auto long_line = to_string(JournalLine{5, 1, Event::deferred, 451, "4.4.1", std::string(1000, 'x')});
    std::string journal;
    while (journal.size() <= Message::crowded_octets) journal += long_line;
    for (const bool is_crowded : {true, false}) {
        if (!is_crowded) journal.resize(journal.size() - 2 * long_line.size());
        auto message = site.open(site.add(journal)).value();
        message.note({6, 2, Event::routed, 250, "2.0.0", std::string(200, 'r')});
        message.note({6, 2, Event::deferred, 451, "4.4.1", std::string(200, 'y')});
        CHECK(message.recipients()[1].site.size() == 200);
        CHECK(message.recipients()[1].last->text.size() == (is_crowded ? 80 : 200));
    }
}

TEST_CASE("What comes after a torn line of the journal is read", "[queue]") {
    Site site;
    const auto name = site.add("5 1 delivered 250 2.0.0 ok\n6 2 deliv");
    auto message = site.open(name).value();
    CHECK(message.recipients()[0].is_done());
    CHECK_FALSE(message.recipients()[1].is_done());
    message.note({7, 2, Event::failed, 550, "5.1.1", "no"});
    REQUIRE(message.save(site.directory));
    CHECK(site.open(name).value().is_done());
}

TEST_CASE("A journal never gets into a Maildir that the file was linked into", "[queue]") {
    Site site;
    const auto name = site.add("5 1 deferred 451 4.3.0 x\n");
    const auto before = read_file(site.temp / name, 10000).value();
    REQUIRE(link_at(site.directory, name, site.directory, "elsewhere"));
    auto message = site.open(name).value();
    message.note({7, 2, Event::failed, 550, "5.1.1", "no"});
    REQUIRE(message.save(site.directory));
    message.note({8, 1, Event::failed, 550, "5.1.1", "no"});
    REQUIRE(message.save(site.directory));
    CHECK(read_file(site.temp / "elsewhere", 10000).value() == before);
    CHECK(site.open(name).value().is_done());
    CHECK(read_file(site.temp / name, 10000).value().starts_with(before));
}

TEST_CASE("A file that deliver may still link gets no journal", "[queue]") {
    const std::string plain = "Return-Path: <a@a.example>\nDelivered-To: bob@b.example\nReceived: x\n\nbody\n";
    const auto how = GENERATE("handed over", "put back by somebody", "never tried");
    CAPTURE(how);
    Site site;
    auto name = site.add(plain, plain.size());
    if (how == std::string{"put back by somebody"}) {
        REQUIRE(rename_at(site.directory, name, site.directory, name + ":1,42"));
        name += ":1,42";
    }
    const auto before = status_at(site.directory, name).value().st_ino;
    auto message = site.open(name).value();
    if (how == std::string{"handed over"}) message.lend();
    for (int n = 0; n < 2; ++n) {
        message.note({7, 1, Event::deferred, 451, "4.2.0", "later"});
        REQUIRE(message.save(site.directory));
    }
    CHECK((status_at(site.directory, name).value().st_ino == before) == (how == std::string{"never tried"}));
    CHECK(read_file(site.temp / name, 1000).value() == plain + "7 1 deferred 451 4.2.0 later\n7 1 deferred 451 4.2.0 later\n");
}

TEST_CASE("A large file is copied whole", "[queue]") {
    Site site;
    const auto whole = std::string{fields} + std::string{text} + std::string(700'000, 'x') + "\n";
    const auto name = site.add(whole, whole.size());
    auto message = site.open(name).value();
    message.lend();
    message.note({7, 1, Event::delivered, 250, "2.0.0", "ok"});
    REQUIRE(message.save(site.directory));
    CHECK(read_file(site.temp / name, 1'000'000).value() == whole + "7 1 delivered 250 2.0.0 ok\n");
}

TEST_CASE("After a journal could not be written the next try writes another file", "[queue]") {
    Site site;
    const auto name = site.add();
    const auto whole = read_file(site.temp / name, 1000).value();
    auto message = site.open(name).value();
    message.note({7, 1, Event::delivered, 250, "2.0.0", "ok"});
    CHECK(message.must_save());
    {
        const test::FileSizeLimit limit{whole.size() + 5};  // half a line is written
        CHECK_FALSE(message.save(site.directory));
        CHECK_FALSE(message.save(site.directory));
    }
    CHECK(message.must_save());
    const Fd spoiled{::open((site.temp / name).c_str(), O_RDONLY | O_CLOEXEC)};
    message.note({8, 2, Event::deferred, 451, "4.2.0", "later"});
    REQUIRE(message.save(site.directory));
    CHECK_FALSE(message.must_save());
    CHECK(read_file(site.temp / name, 1000).value() == whole + "7 1 delivered 250 2.0.0 ok\n8 2 deferred 451 4.2.0 later\n");
    CHECK(status(spoiled).value().st_nlink == 0);
}

TEST_CASE("Only what a crash must not forget is synced", "[queue]") {
    const auto event = GENERATE(Event::delivered, Event::deferred, Event::failed, Event::relayed, Event::expanded, Event::notified,
                                Event::routed, Event::tried);
    CAPTURE(to_string(event));
    Site site;
    auto message = site.open(site.add()).value();
    const auto before = syncs;
    message.note({7, 1, Event::deferred, 451, "4.2.0", "later"});
    message.note({7, 1, event, 250, "2.0.0", "x"});
    message.note({7, 2, Event::deferred, 451, "4.2.0", "later"});
    REQUIRE(message.save(site.directory));
    const bool forgets = event == Event::deferred || event == Event::routed || event == Event::tried;
    CHECK(syncs == before + (forgets ? 0 : 1));
    message.note({8, 2, Event::deferred, 451, "4.2.0", "later"});
    REQUIRE(message.save(site.directory));
    CHECK(syncs == before + (forgets ? 0 : 1));
}

TEST_CASE("Room for the journal is reserved behind the message", "[queue]") {
    Site site;
    const auto name = site.add();
    auto message = site.open(name).value();
    const auto octets = status(message.file()).value().st_size;
    REQUIRE(message.reserve_journal(site.directory));
    CHECK(status(message.file()).value().st_size == octets);
    message.note({7, 1, Event::delivered, 250, "2.0.0", "ok"});
    REQUIRE(message.save(site.directory));
    CHECK(site.open(name).value().recipients()[0].is_done());
}

TEST_CASE("A done recipient stays as it is, whatever a journal says later", "[queue]") {
    Site site;
    const auto message = site.open(site.add("5 1 delivered 250 2.0.0 ok\n6 1 deferred 451 4.0.0 x\n7 9 failed 550 5.0.0 y\n")).value();
    CHECK(message.recipients()[0].last->event == Event::delivered);
}

TEST_CASE("An alias's addresses become recipients, without SUCCESS where they are several", "[queue][rfc3461-5.2.7]") {
    Site site;
    const auto message = site.open(site.add("5 1 expanded 250 2.1.5 x@b.example\ty@b.example\n6 3 delivered 250 2.0.0 ok\n")).value();
    REQUIRE(message.recipients().size() == 4);
    CHECK(message.recipients()[0].is_done());
    CHECK(message.recipients()[2].is_done());
    const auto& member = message.recipients()[3];
    CHECK(member.alias_of == 1);
    CHECK(member.recipient.mailbox == mail::Mailbox{"y", "b.example"});
    CHECK(member.recipient.original == "rfc822;bob");
    CHECK(member.recipient.notify == mail::Notify{.failure = true});

    const auto single = site.open(site.add("5 1 expanded 250 2.1.5 x@b.example\n")).value();
    CHECK(single.recipients()[2].recipient.notify == mail::Notify{.success = true, .failure = true});
}

TEST_CASE("A file that is torn or no message is a permanent error", "[queue]") {
    Site site;
    const auto whole = std::string{fields} + std::string{text};
    const auto octets = GENERATE_COPY(std::size_t{0}, std::size_t{10}, fields.size(), whole.size() - 1);
    const auto torn = site.open(site.add(whole.substr(0, octets), whole.size()));
    REQUIRE_FALSE(torn);
    CHECK(torn.error().fault == Fault::permanent);
    CHECK_FALSE(site.open(site.add("Subject: x\n\n", 12)));
    CHECK_FALSE(site.open(site.add(fields.substr(0, 60), 60)));
    CHECK(site.open("1.h,S=1,W=1").error().fault == Fault::transient);
}

TEST_CASE("An envelope and a header longer than the first read are read to their ends", "[queue]") {
    Site site;
    std::string content = "Return-Path: <>\n";
    for (int n = 0; n < 5000; ++n) content += "Delivered-To: user" + std::to_string(n) + "@b.example\n";
    const auto begin = content.size();
    std::string header = "Received: x\n";
    for (int n = 0; n < 5000; ++n) header += "X-Field: " + std::to_string(n) + "\n";
    content += header + "\nbody";
    auto message = site.open(site.add(content + "5 5000 delivered 250 2.0.0 ok\n", content.size())).value();
    CHECK(message.recipients().size() == 5000);
    CHECK(message.recipients()[4999].is_done());
    CHECK(message.begin() == begin);
    CHECK(message.header(1024 * 1024).value() == header);
    CHECK(message.header(100).value().size() >= 100);
}
