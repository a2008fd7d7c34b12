// SPDX-License-Identifier: ISC
#include "mta/local/group_commit.hpp"

#include <algorithm>

namespace mailpipe::mta {

namespace {

constexpr std::size_t max_waiting_octets = 64 * 1024;

void withdraw_all(const std::vector<Placed>& placed, const store::Maildir& maildir) {
    for (const auto& one : placed) {
        if (one.maildir.get() != &maildir) continue;
        if (const auto acting = ActingAs::begin(one.owner)) maildir.withdraw(one.file);
    }
}

}  // namespace

Result<void> GroupCommit::settle() {
    const auto placed = std::exchange(placed_, {});
    std::vector<const store::Maildir*> synced;
    Result<void> result;
    for (const auto& one : placed) {
        if (std::ranges::find(synced, one.maildir.get()) != synced.end()) continue;
        synced.push_back(one.maildir.get());
        if (auto r = one.maildir->sync(); !r) {
            withdraw_all(placed, *one.maildir);
            result = r;
        }
    }
    if (!result) return result;
    for (const auto& one : placed) one.line.write();
    return {};
}

Result<std::size_t> SettledStream::read(std::span<char> buffer, io::Deadline deadline) {
    if (!waiting_.empty() && (commit_.is_full() || !peer_.has_input())) {
        if (auto r = send(); !r) return failure(r.error());
    }
    return peer_.read(buffer, deadline);
}

Result<void> SettledStream::write(std::string_view data, io::Deadline deadline) {
    waiting_ += data;
    deadline_ = deadline;
    if (waiting_.size() < max_waiting_octets) return {};
    return send();
}

Result<io::Woken> SettledStream::wait(std::span<io::Watched> others, io::Deadline deadline) {
    if (auto r = send(); !r) return failure(r.error());
    return peer_.wait(others, deadline);
}

Result<void> SettledStream::send() {
    if (error_) return failure(*error_);
    auto done = commit_.settle();
    if (done && !waiting_.empty()) done = peer_.write(waiting_, deadline_);
    waiting_.clear();
    if (!done) error_ = done.error();
    return done;
}

}  // namespace mailpipe::mta
