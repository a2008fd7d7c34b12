// SPDX-License-Identifier: ISC
// A host's users and aliases, in files that change.
#pragma once

#include <fstream>
#include <sstream>
#include <string>

#include <boost/filesystem.hpp>

#include "mta/directory.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

namespace mailpipe::test {

class Residents {
public:
    /// `users` with blanks between them, of here.example.
    Residents(const TempDir& temp, const std::string& users, std::string_view aliases = "") : temp_(temp) {
        write("aliases", std::string{aliases});
        move_in(users);
    }
    void move_in(const std::string& users) const {
        std::istringstream names{users};
        std::string lines;
        for (std::string name; names >> name;) lines += name + "::65534:65534::/home/" + name + "::\n";
        write("users", lines);
    }
    /// The file has an error in it.
    void spoil() const { write("users", "no users file"); }

    mta::Directory open() const {
        return mta::Directory::open({{temp_ / "users"}, temp_ / "aliases", {{"here.example"}, {}, "+", "postmaster"}}).value();
    }

private:
    /// As an administrator who is careful: the new file takes the place of the old one.
    void write(const std::string& name, const std::string& text) const {
        std::ofstream{temp_ / (name + ".new")} << text;
        boost::filesystem::rename(temp_ / (name + ".new"), temp_ / name);
    }

    const TempDir& temp_;
};

}  // namespace mailpipe::test
