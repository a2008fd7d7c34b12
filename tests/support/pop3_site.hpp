// SPDX-License-Identifier: ISC
// A Maildir and a world for POP3 sessions: alice, whose password is "wonder land".
#pragma once

#include <fstream>
#include <string>

#include "base/files.hpp"
#include "base/log.hpp"
#include "pop3/session.hpp"
#include "support/temp_dir.hpp"

namespace mailpipe::test {

struct Pop3Site {
    Pop3Site() {
        open_log("test", LogTarget::nowhere);
        for (const auto* part : {"/new", "/cur", "/tmp"}) (void)make_directories(home.path() + part);
        put("dovecot-uidlist", "3 V1795289817 N1 Gbc46c14ec7be5256c36c0000b1eafc0d\n");
    }

    void put(const std::string& name, const std::string& text) const { std::ofstream{home / name} << text; }
    bool has(const std::string& name) const {
        const auto directory = open_directory(home.path());
        return directory && status_at(*directory, name).has_value();
    }
    std::string text(const std::string& name) const { return read_file(home / name, 1 << 26).value_or(""); }

    /// Three small messages, the first of them seen.
    void fill() const {
        put("cur/1700000001.M1P1.mx,S=49,W=56:2,S", "From: a@example\nSubject: one\n\nhello\n.\n..dots\nend\n");
        put("new/1700000002.M1P1.mx", "Subject: two\n\nno sizes\nin the name\n");
        put("new/1700000003.M1P1.mx,S=28,W=31", "Subject: caf\xc3\xa9\n\nbody: caf\xc3\xa9\n");
    }

    pop3::World world() const {
        return {.verify = verify, .find_for_scram = {}, .tls_is_possible = [] { return true; }, .start_tls = {}, .enter = [this](const auto&) { return Result<std::string>{home.path()}; }};
    }

    static Result<std::optional<sasl::User>> verify(std::string_view name, std::string_view password) {
        if (name == "trouble") return failure({Fault::transient, "users can't be read"});
        if (name != "alice" || password != "wonder land") return std::optional<sasl::User>{};
        sasl::User user;
        user.name = name;
        return user;
    }

    TempDir home;
};

}  // namespace mailpipe::test
