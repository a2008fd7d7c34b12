// SPDX-License-Identifier: ISC
// A dispatcher for tests of what is local: the DNS fails for every domain, so that mail to other hosts waits.
#pragma once

#include <functional>
#include <memory>
#include <optional>

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
    std::size_t asked = 0;           ///< for the dispatcher
    std::optional<Error> trouble{};  ///< why there is none

    NoRemote(const queue::Spool& spool, queue::Claims& claims, mta::Outcomes& outcomes, const Clock& clock,
             std::function<void(queue::Message&)> conclude)
        : memory(spool, clock),
          dispatcher(mta::Dispatcher::open({&claims, &outcomes, &resolver, -1, &memory, {&routes, &memory, {}}, {.hostname = "mx.here.example"},
                                            {}, std::move(conclude)}).value()) {}

    /// OutboundSite::remote
    std::function<Result<mta::Dispatcher*>()> opener() {
        return [this]() -> Result<mta::Dispatcher*> {
            ++asked;
            if (trouble) return failure(*trouble);
            return dispatcher.get();
        };
    }
};

}  // namespace mailpipe::test
