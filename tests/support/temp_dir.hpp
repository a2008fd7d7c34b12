// SPDX-License-Identifier: ISC
// A directory that goes with the test.
#pragma once

#include <cstdlib>
#include <stdexcept>
#include <string>

#include <boost/filesystem.hpp>

namespace mailpipe::test {

class TempDir {
public:
    TempDir() {
        std::string name = (boost::filesystem::temp_directory_path() / "mailpipe-test-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp " + name);
        path_ = name;
    }
    ~TempDir() {
        boost::system::error_code ignored;
        boost::filesystem::remove_all(path_, ignored);
    }
    TempDir(const TempDir&) = delete;

    std::string path() const { return path_.string(); }
    std::string operator/(const std::string& name) const { return (path_ / name).string(); }

private:
    boost::filesystem::path path_;
};

}  // namespace mailpipe::test
