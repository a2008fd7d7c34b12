// SPDX-License-Identifier: ISC
// A dispatcher for tests of what is local: the DNS fails for every domain, so that mail to other hosts waits.
#pragma once

#include <functional>
#include <memory>

#include "mta/dispatch/dispatcher.hpp"

namespace mailpipe::test {

class DeadResolver final : public dns::Resolver {
public:
    void ask(std::string name, dns::Type, dns::Callback callback) override { waiting_.emplace_back(std::move(name), std::move(callback)); }
    bool wait(std::chrono::milliseconds) override {
        const auto waiting = std::exchange(waiting_, {});
        for (const auto& [name, callback] : waiting) callback(dns::failed_answer(name, "timed out"));
        return !waiting.empty();
    }
    std::size_t outstanding() const override { return waiting_.size(); }

private:
    std::vector<std::pair<std::string, dns::Callback>> waiting_;
};

struct NoRemote {
    DeadResolver resolver{};
    mta::Routes routes{};
    mta::TlsMemory memory;
    std::unique_ptr<mta::Dispatcher> dispatcher;

    NoRemote(const queue::Spool& spool, queue::Claims& claims, const mta::Outcomes& outcomes, const Clock& clock,
             std::function<void(queue::Message&)> conclude)
        : memory(spool, clock),
          dispatcher(mta::Dispatcher::open({&claims, &outcomes, &resolver, -1, &memory, {&routes, &memory, {}}, {.hostname = "mx.here.example"},
                                            {}, std::move(conclude)}).value()) {}
};

}  // namespace mailpipe::test
