// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

#include "base/files.hpp"
#include "store/mailbox.hpp"
#include "store/uid_file.hpp"
#include "support/temp_dir.hpp"

using namespace mailpipe;
using store::Mailbox;

namespace {

const std::string guid = "bc46c14ec7be5256c36c0000b1eafc0d";

struct Folder {
    Folder() {
        for (const auto* part : {"/new", "/cur", "/tmp"}) REQUIRE(make_directories(home.path() + part));
    }
    void put(const std::string& name, const std::string& text = "a\n") const { std::ofstream{home / name} << text; }
    std::string uidlist() const { return read_file(home / "dovecot-uidlist", 1 << 20).value_or(""); }
    Mailbox open() const {
        auto mailbox = Mailbox::open(home.path());
        REQUIRE(mailbox);
        REQUIRE(mailbox->scan());
        return std::move(*mailbox);
    }
    Mailbox numbered() const {
        auto mailbox = open();
        REQUIRE(mailbox.number(system_clock()));
        return mailbox;
    }
    bool has(const std::string& name) const { return status_at(*open_directory(home.path()), name).has_value(); }

    test::TempDir home;
};

std::vector<std::pair<std::uint32_t, std::string>> listing(const Mailbox& mailbox) {
    std::vector<std::pair<std::uint32_t, std::string>> list;
    for (const auto& m : mailbox.messages()) list.emplace_back(m.uid, mailbox.base(m));
    return list;
}
using Listing = std::vector<std::pair<std::uint32_t, std::string>>;

}  // namespace

TEST_CASE("A folder is read by its names alone", "[store]") {
    const Folder folder;
    folder.put("new/2.M1P1.mx,S=2,W=3");
    folder.put("cur/1.M1P1.mx,S=2,W=30:2,S");
    folder.put("cur/3.M1P1.mx");
    folder.put("cur/.hidden");
    folder.put("cur/:2,S");
    REQUIRE(make_directories(folder.home / "cur/4.directory"));
    const auto mailbox = folder.open();
    CHECK(mailbox.messages().size() == 3);
    CHECK_FALSE(folder.has("dovecot-uidlist"));
    CHECK(folder.has("new/2.M1P1.mx,S=2,W=3"));
}

TEST_CASE("What is no Maildir is an error for good", "[store]") {
    const test::TempDir home;
    REQUIRE(make_directories(home / "new"));
    CHECK(Mailbox::open(home.path()).error().fault == Fault::permanent);
    CHECK(Mailbox::open(home / "nowhere").error().fault == Fault::permanent);
}

TEST_CASE("New files get UIDs by age, on disk", "[store]") {
    const Folder folder;
    folder.put("new/30.M1P1.mx,S=2,W=3");
    folder.put("cur/4.M2P1.mx,S=2,W=3:2,S");
    folder.put("cur/4.M1P1.mx,S=2,W=3:2,");
    const auto mailbox = folder.numbered();
    const Listing expected{{1, "4.M1P1.mx,S=2,W=3"}, {2, "4.M2P1.mx,S=2,W=3"}, {3, "30.M1P1.mx,S=2,W=3"}};
    CHECK(listing(mailbox) == expected);
    const auto text = folder.uidlist();
    CHECK(text.starts_with("3 V" + std::to_string(mailbox.uid_validity()) + " N4 G"));
    CHECK(text.ends_with("\n1 :4.M1P1.mx,S=2,W=3\n2 :4.M2P1.mx,S=2,W=3\n3 :30.M1P1.mx,S=2,W=3\n"));
    CHECK_FALSE(folder.has("dovecot-uidlist.lock"));
}

TEST_CASE("Known files keep their UIDs, and newcomers are appended in place", "[store]") {
    const Folder folder;
    const auto before = "3 V77 N4 G" + guid + "\n2 :2.mx\n3 :gone.mx\n7 W9 Pold-id :1.mx\n";
    folder.put("dovecot-uidlist", before);
    folder.put("cur/1.mx:2,S");
    folder.put("cur/2.mx:2,");
    folder.put("new/0.mx,S=2,W=3");
    const auto mailbox = folder.numbered();
    CHECK(listing(mailbox) == Listing{{2, "2.mx"}, {7, "1.mx"}, {8, "0.mx,S=2,W=3"}});
    CHECK(mailbox.uid_validity() == 77);
    CHECK(mailbox.messages()[1].wire_octets == 9);
    REQUIRE(mailbox.uidls().size() == 1);
    CHECK(mailbox.uidls()[0].text == "old-id");
    CHECK(folder.uidlist() == before + "8 :0.mx,S=2,W=3\n");
    CHECK(listing(folder.numbered()) == listing(mailbox));
}

TEST_CASE("A size that the name does not tell is measured once and kept in the uidlist", "[store]") {
    const Folder folder;
    folder.put("new/1.mx", "a\nb\r\nc\n\n");
    CHECK(folder.numbered().messages()[0].wire_octets == 11);
    CHECK(folder.uidlist().ends_with("\n1 W11 :1.mx\n"));
    CHECK(folder.numbered().messages()[0].wire_octets == 11);
}

TEST_CASE("When all is known nothing is locked or written", "[store]") {
    const Folder folder;
    folder.put("dovecot-uidlist", "3 V77 N4 G" + guid + "\n2 :2.mx\n");
    folder.put("dovecot-uidlist.lock", "1:elsewhere");
    folder.put("cur/2.mx:2,");
    CHECK(listing(folder.numbered()) == Listing{{2, "2.mx"}});
}

TEST_CASE("A damaged or old uidlist is written anew with every UID that it still tells", "[store]") {
    const auto text = GENERATE(values<std::string>({
        "3 V77 N4 G" + guid + "\n2 :2.mx\nbroken\n3 :gone.mx\n",
        "3 V77 N4 G" + guid + "\n2 :2.mx\n5 :unfinish",
        "3 V77 N4\n2 :2.mx\n",
        "1 77 4\n2 2.mx:2,S\n",
    }));
    CAPTURE(text);
    const Folder folder;
    folder.put("dovecot-uidlist", text);
    folder.put("cur/2.mx:2,");
    folder.put("new/9.mx,W=3");
    const auto mailbox = folder.numbered();
    CHECK(mailbox.messages()[0].uid == 2);
    CHECK(mailbox.messages()[1].uid >= 4);
    CHECK(mailbox.uid_validity() == 77);
    const auto after = store::UidMap::parse(folder.uidlist());
    CHECK_FALSE(after.must_be_rewritten());
    CHECK(after.records().size() == 2);
    CHECK(after.next_uid() == mailbox.messages()[1].uid + 1);
}

TEST_CASE("When no UIDs are left all begins anew under another UIDVALIDITY", "[store][rfc3501-2.3.1.1]") {
    const Folder folder;
    folder.put("dovecot-uidlist", "3 V4000000000 N4294967294 G" + guid + "\n4294967293 :1.mx\n");
    folder.put("cur/1.mx:2,");
    CHECK(listing(folder.numbered()) == Listing{{4294967293, "1.mx"}});
    folder.put("cur/2.mx:2,");
    const auto mailbox = folder.numbered();
    CHECK(listing(mailbox) == Listing{{1, "1.mx"}, {2, "2.mx"}});
    CHECK(mailbox.uid_validity() == 4000000001);
    CHECK(store::UidMap::parse(folder.uidlist()).guid() == guid);
    CHECK(folder.numbered().uid_validity() == mailbox.uid_validity());
}

TEST_CASE("A unique-id for POP3 that two lines tell is the first one's", "[store][rfc1939-7]") {
    const Folder folder;
    folder.put("dovecot-uidlist", "3 V77 N5 G" + guid + "\n1 Psame :1.mx\n2 Psame :2.mx\n3 P :3.mx\n4 P :4.mx\n");
    for (const auto* name : {"cur/1.mx:2,", "cur/2.mx:2,", "cur/3.mx:2,", "cur/4.mx:2,"}) folder.put(name);
    const auto mailbox = folder.numbered();
    std::vector<std::uint32_t> uids;
    for (const auto& uidl : mailbox.uidls()) uids.push_back(uidl.uid);
    CHECK(uids == std::vector<std::uint32_t>{1, 3, 4});
}

TEST_CASE("A name with a line end in it is no message: no line of dovecot-uidlist could tell it", "[store]") {
    const Folder folder;
    folder.put("cur/1.mx:2,");
    folder.put("cur/2.mx\n9 :9.mx:2,");
    CHECK(listing(folder.numbered()) == Listing{{1, "1.mx"}});
    CHECK(folder.has("cur/2.mx\n9 :9.mx:2,"));
}

TEST_CASE("Lines of messages that are gone go when they are more than half", "[store]") {
    const Folder folder;
    std::string text = "3 V77 N200 G" + guid + "\n";
    for (int i = 1; i <= 150; ++i) text += std::to_string(i) + " :" + std::to_string(i) + ".mx\n";
    folder.put("dovecot-uidlist", text);
    folder.put("cur/150.mx:2,");
    folder.put("new/999.mx,W=3");
    CHECK(folder.numbered().messages()[1].uid == 200);
    CHECK(folder.uidlist() == "3 V77 N201 G" + guid + "\n150 :150.mx\n200 :999.mx,W=3\n");
}

TEST_CASE("A message is found after another session changed its flags", "[store]") {
    const Folder folder;
    folder.put("new/1.mx", "text\n");
    auto mailbox = folder.numbered();
    const auto message = mailbox.messages()[0];
    REQUIRE(::rename((folder.home / "new/1.mx").c_str(), (folder.home / "cur/1.mx:2,FS").c_str()) == 0);
    CHECK(mailbox.open_message(message));
    CHECK(mailbox.name(message) == "1.mx:2,FS");
    REQUIRE(::rename((folder.home / "cur/1.mx:2,FS").c_str(), (folder.home / "cur/1.mx:2,R").c_str()) == 0);
    REQUIRE(mailbox.add_flags(message, "T"));
    CHECK(folder.has("cur/1.mx:2,RT"));
    REQUIRE(mailbox.remove(message));
    CHECK_FALSE(folder.has("cur/1.mx:2,RT"));
    CHECK(mailbox.remove(message));
    CHECK(mailbox.open_message(message).error().number == ENOENT);
}

TEST_CASE("What one look did not find is not looked for again", "[store]") {
    const Folder folder;
    for (const auto* name : {"cur/1.mx:2,", "cur/2.mx:2,", "cur/3.mx:2,"}) folder.put(name);
    auto mailbox = folder.numbered();
    REQUIRE(::unlink((folder.home / "cur/1.mx:2,").c_str()) == 0);
    REQUIRE(::unlink((folder.home / "cur/2.mx:2,").c_str()) == 0);
    CHECK(mailbox.open_message(mailbox.messages()[0]).error().number == ENOENT);
    folder.put("cur/2.mx:2,S");  // another look would find it
    CHECK(mailbox.open_message(mailbox.messages()[1]).error().number == ENOENT);
    CHECK(mailbox.add_flags(mailbox.messages()[1], "F").error().number == ENOENT);
    CHECK(mailbox.remove(mailbox.messages()[1]));
    CHECK(folder.has("cur/2.mx:2,S"));
    CHECK(mailbox.open_message(mailbox.messages()[2]));
}

TEST_CASE("A new uidlist is there only when its name is on disk", "[store]") {
    const Folder folder;
    const Fd cannot_be_synced{::open(folder.home.path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
    CHECK_FALSE(store::replace_uid_map(cannot_be_synced, "3 V77 N1\n"));
    CHECK(store::replace_uid_map(*open_directory(folder.home.path()), "3 V77 N1\n"));
    CHECK(folder.uidlist() == "3 V77 N1\n");
}

TEST_CASE("A message moves from new/ to cur/ with or without a flag", "[store]") {
    const Folder folder;
    folder.put("new/1.mx");
    folder.put("new/2.mx");
    auto mailbox = folder.numbered();
    REQUIRE(mailbox.add_flags(mailbox.messages()[0], ""));
    REQUIRE(mailbox.add_flags(mailbox.messages()[1], "S"));
    CHECK(folder.has("cur/1.mx:2,"));
    CHECK(folder.has("cur/2.mx:2,S"));
}

TEST_CASE("A name that is seen twice in one scan is one message", "[store]") {
    store::NameList names;
    names.add("1.mx", store::Place::in_new);
    names.add("2.mx", store::Place::in_new);
    names.add("1.mx:2,S", store::Place::in_cur);
    REQUIRE(names.size() == 2);
    CHECK(names.name(0) == "1.mx:2,S");
    CHECK(names.place(0) == store::Place::in_cur);
    CHECK(names.base(0) == "1.mx");
    CHECK(names.find("2.mx") == 1);
    CHECK_FALSE(names.find("3.mx"));
}
