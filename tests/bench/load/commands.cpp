// SPDX-License-Identifier: ISC
// Runs a program over files: once for each, or once for all of them.
#include "load.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <sstream>

extern char** environ;

namespace load {
namespace {

constexpr long any_status = -1;

/// The program's standard output and error go to /dev/null; `input` is a file.
void run_to_its_end(std::vector<std::string> command, const std::string& input, long expected_status) {
    std::vector<char*> argv;
    for (auto& word : command) argv.push_back(word.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, input.c_str(), O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    pid_t pid = -1;
    errno = posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
    if (errno != 0) die_errno("start " + command.front());
    posix_spawn_file_actions_destroy(&actions);
    int status = 0;
    if (waitpid(pid, &status, 0) != pid) die_errno("wait for " + command.front());
    if (!WIFEXITED(status) || (expected_status != any_status && WEXITSTATUS(status) != expected_status)) die(command.front() + " failed: " + std::to_string(status));
}

std::vector<std::string> lines(const std::string& path) {
    std::istringstream text(read_file(path));
    std::vector<std::string> all;
    for (std::string line; std::getline(text, line);) all.push_back(line);
    return all;
}

}  // namespace

/// --files LIST --each 0|1 --cwd DIR --status N -- COMMAND…: the files' names come behind the command; a '<' as its last
/// word makes each of them standard input instead. Any other exit status than N fails, unless it is -1.
int commands(const Options& options) {
    if (options.command.empty()) die("commands needs -- COMMAND");
    auto command = options.command;
    const bool is_input = command.back() == "<";
    if (is_input) command.pop_back();
    const auto files = lines(options.text("files"));
    const long status = options.number("status", 0);
    if (chdir(options.text("cwd").c_str()) != 0) die_errno("chdir");
    const std::int64_t began = now_us();
    if (options.number("each") == 0) {
        command.insert(command.end(), files.begin(), files.end());
        run_to_its_end(command, "/dev/null", status);
    } else {
        for (const auto& file : files) {
            auto one = command;
            if (!is_input) one.push_back(file);
            run_to_its_end(std::move(one), is_input ? file : "/dev/null", status);
        }
    }
    std::printf("{\"files\": %zu, \"wall_us\": %ld}\n", files.size(), static_cast<long>(now_us() - began));
    return 0;
}

}  // namespace load
