// SPDX-License-Identifier: ISC
// Threads as trees, from the links between messages to the answer: steps (2) to (6) of REFERENCES, RFC 5256 section 3.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "imap/search/found.hpp"
#include "imap/search/reference_links.hpp"

namespace mailpipe::imap {

class ThreadForest {
public:
    /// `parents` of each node; no loop in them. Dummies go, but for those that hold a thread together.
    ThreadForest(std::span<const Found> messages, std::vector<ThreadNode> parents);

    /// Step (5).
    void join_subjects();

    enum class Order : std::uint8_t { first_sent, last_sent };
    /// Step (6), and the threads in their order by the first message in each, or by the most recent.
    std::string text(Order order);

private:
    struct Children {
        std::vector<std::uint32_t> begins;
        std::vector<ThreadNode> nodes;

        std::span<const ThreadNode> of(ThreadNode node) const {
            return std::span{nodes}.subspan(begins[node], begins[node + 1] - begins[node]);
        }
    };
    Children children_of(std::span<const ThreadNode> order) const;
    std::vector<ThreadNode> from_the_top(const Children& children, const std::vector<ThreadNode>& roots) const;

    bool is_dummy(ThreadNode node) const { return node >= messages_.size(); }
    void prune();
    void sort_children();
    std::vector<ThreadNode> roots(const std::vector<std::uint32_t>& ranks) const;
    std::string_view subject_of(ThreadNode root) const;
    bool is_reply(ThreadNode root) const { return !is_dummy(root) && messages_[root].summary.is_reply(); }
    void merge(ThreadNode root, ThreadNode& first);
    std::vector<std::uint32_t> last_ranks(const std::vector<ThreadNode>& roots) const;
    void append_thread(std::string& out, ThreadNode root) const;

    std::span<const Found> messages_;
    std::vector<ThreadNode> parents_;
    std::vector<ThreadNode> by_date_;      // messages
    std::vector<std::uint32_t> ranks_;     // by the date sent; a dummy's is its first child's; no_node: it is not there
    std::vector<ThreadNode> merged_into_;  // of dummies, while subjects are joined
    Children children_;                    // in the order of their ranks
};

}  // namespace mailpipe::imap
