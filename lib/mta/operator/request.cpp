// SPDX-License-Identifier: ISC
#include "mta/operator/request.hpp"

#include <cstdio>
#include <utility>

#include <fmt/format.h>

namespace mailpipe::mta {

namespace {

/// The last error is returned, those before it are printed.
class Turns {
public:
    void add(Result<void> done) {
        if (done) return;
        if (!last_) std::fprintf(stderr, "sendq: %s\n", last_.error().what.c_str());
        last_ = std::move(done);
    }
    Result<void> last() && { return std::move(last_); }

private:
    Result<void> last_{};
};

Error nobody_meant(const queue::Listed& listed) {
    return {Fault::permanent, fmt::format("{}: has no such sender or recipient, or nobody of them waits", listed.name.id),
            ExitStatus::no_user};
}

/// Nobody is meant where the selection is not empty and does not fit.
Result<void> check_meant(const Selection& selection, const queue::Listed& listed) {
    if (selection.is_empty()) return {};
    const auto message = look_at(listed);
    if (!message) return failure(message.error());
    return selection.matches(*message) ? Result<void>{} : failure(nobody_meant(listed));
}

}  // namespace

Result<queue::Message> look_at(const queue::Listed& listed) {
    return queue::Message::open(*listed.directory, listed.file_name, queue::Message::Access::look);
}

Result<void> for_each_requested(const queue::Spool& spool, const Request& request, const std::function<bool(queue::State)>& is_for,
                                const std::function<Result<void>(const queue::Listed&)>& act) {
    const auto listed = queue::list(spool);
    if (!listed) return failure(listed.error());
    Turns turns;
    for (const auto& id : request.ids) {
        const auto found = queue::find(*listed, id);
        auto meant = found ? check_meant(request.selection, *found) : failure(found.error());
        turns.add(meant ? act(*found) : std::move(meant));
    }
    if (!request.ids.empty()) return std::move(turns).last();
    for (const auto& one : *listed) {
        if (is_for(one.state) && check_meant(request.selection, one)) turns.add(act(one));
    }
    return std::move(turns).last();
}

}  // namespace mailpipe::mta
