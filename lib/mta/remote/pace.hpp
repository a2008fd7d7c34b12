// SPDX-License-Identifier: ISC
// How fast a site may be talked to: a few connections at first, more while it takes mail, fewer when it says that it is too much.
#pragma once

#include <chrono>
#include <cstddef>

namespace mailpipe::mta {

/// Times of the run: not the wall's clock, which may jump.
using Moment = std::chrono::steady_clock::time_point;

class Pace {
public:
    static constexpr std::size_t first_connections = 5;           ///< once it is proven; before that: one
    static constexpr std::chrono::seconds first_pause{1};         ///< after it was too much; doubled each time
    static constexpr std::chrono::seconds longest_pause{60};
    static constexpr unsigned max_throttles = 6;                  ///< one after another: then it gets no more in this run

    explicit Pace(std::size_t most_connections) : most_(most_connections) {}

    /// So many at once.
    std::size_t connections() const { return limit_; }
    /// Nothing is begun before; the epoch: now.
    Moment paused_until() const { return paused_until_; }
    bool has_had_enough() const { return throttles_ >= max_throttles; }
    bool is_proven() const { return proven_; }

    /// One of its hosts has answered in a transaction.
    void proved();
    /// A message was taken, or refused for good.
    void succeeded();
    /// 421, or 4.7.x: the site's own word that it is too much. False: it has said so a moment ago.
    bool throttled(Moment now);
    /// Something of ours is lacking: not before the first pause is over.
    void pause(Moment now) { paused_until_ = now + first_pause; }
    /// It has been left alone for long enough: from the beginning.
    void forget();

private:
    std::size_t most_;
    std::size_t limit_ = 1;
    bool proven_ = false;
    unsigned throttles_ = 0;
    Moment paused_until_{};
};

}  // namespace mailpipe::mta
