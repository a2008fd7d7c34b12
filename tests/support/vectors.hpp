// SPDX-License-Identifier: ISC
// Vectors made by others, where they are at hand (../shared/data), and where we differ from them.
#pragma once

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <string>

#include <nlohmann/json.hpp>

#include "mail/header.hpp"
#include "support/catch.hpp"

namespace mailpipe {

/// What we say instead, and why that is right.
struct Departure {
    std::string said, why;
};
/// By place in the file, or by number.
using Departures = std::map<std::string, Departure>;

/// `name` is "FOLDER/FILE". Nothing where the folder is not there, which ctest is told by the words: a test of these has the
/// folder as a tag, for tests/CMakeLists.txt.
inline nlohmann::json vectors(const std::string& name) {
    const std::string data = MAILPIPE_SOURCE "/../shared/data/";
    if (const auto folder = name.substr(0, name.find('/')); !std::filesystem::exists(data + folder)) {
        std::cout << "skipped: ../shared/data/" << folder << " is not there\n";
        return nlohmann::json::array();
    }
    std::ifstream file{data + name};
    REQUIRE(file);
    if (!name.ends_with(".jsonl")) return nlohmann::json::parse(file);
    auto all = nlohmann::json::array();
    for (std::string line; std::getline(file, line);) all.push_back(nlohmann::json::parse(line));
    return all;
}

/// Some of mail-parser's headers go on with other fields, or a body.
inline std::string field_value(const nlohmann::json& test) {
    const auto message = "X:" + test.at("header").get<std::string>();
    return std::string{mail::find_field(message, "X")->value};
}

/// A date of mail-parser's, in seconds since 1970.
inline std::string unix_time(const nlohmann::json& date) {
    using namespace std::chrono;
    const auto number = [&](const char* key) { return date.at(key).get<int>(); };
    const sys_days day{year{number("year")} / number("month") / number("day")};
    const auto zone = hours{number("tz_hour")} + minutes{number("tz_minute")};
    const auto time = hours{number("hour")} + minutes{number("minute")} + seconds{number("second")};
    return std::to_string((day.time_since_epoch() + time - (date.at("tz_before_gmt").get<bool>() ? -zone : zone)).count());
}

/// As expected, or as the table tells; a row of the table that is needed no longer fails.
inline void check_vector(const std::string& id, const std::string& said, const std::string& expected, const Departures& departures) {
    CAPTURE(id);
    const auto departure = departures.find(id);
    CHECK(said == (departure == departures.end() ? expected : departure->second.said));
    if (departure != departures.end()) CHECK(said != expected);
}

}  // namespace mailpipe
