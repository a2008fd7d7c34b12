// SPDX-License-Identifier: ISC
#include "imap/search/thread_forest.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <numeric>

#include <fmt/format.h>

#include "imap/search/key_table.hpp"
#include "imap/search/sort.hpp"

namespace mailpipe::imap {

namespace {

constexpr std::array by_date{SortCriterion{SortKey::date}};

}  // namespace

ThreadForest::ThreadForest(std::span<const Found> messages, std::vector<ThreadNode> parents)
    : messages_(messages), parents_(std::move(parents)), by_date_(sorted(messages, by_date)) {
    prune();
    sort_children();
}

/// A counting sort: the children of one node come as they do in `order`.
ThreadForest::Children ThreadForest::children_of(std::span<const ThreadNode> order) const {
    Children children{std::vector<std::uint32_t>(parents_.size() + 2), {}};
    for (const auto node : order) {
        if (parents_[node] != no_node) ++children.begins[parents_[node] + 2];
    }
    std::partial_sum(children.begins.begin(), children.begins.end(), children.begins.begin());
    children.nodes.resize(children.begins.back());
    for (const auto node : order) {
        if (parents_[node] != no_node) children.nodes[children.begins[parents_[node] + 1]++] = node;
    }
    return children;
}

/// All nodes, parents before their children.
std::vector<ThreadNode> ThreadForest::from_the_top(const Children& children, const std::vector<ThreadNode>& roots) const {
    auto nodes = roots;
    nodes.reserve(parents_.size());
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const auto below = children.of(nodes[i]);
        nodes.insert(nodes.end(), below.begin(), below.end());
    }
    return nodes;
}

/// Steps (2) and (3): what stands below a dummy goes to the message above it, or else to the topmost dummy.
void ThreadForest::prune() {
    std::vector<ThreadNode> all(parents_.size());
    std::iota(all.begin(), all.end(), 0);
    std::vector<ThreadNode> tops;
    std::ranges::copy_if(all, std::back_inserter(tops), [&](ThreadNode node) { return parents_[node] == no_node; });
    for (const auto node : from_the_top(children_of(all), tops)) {
        const auto parent = parents_[node];
        if (parent != no_node && is_dummy(parent) && parents_[parent] != no_node) parents_[node] = parents_[parent];
    }
    std::vector<std::uint32_t> counts(parents_.size());
    for (const auto node : by_date_) {
        if (parents_[node] != no_node) ++counts[parents_[node]];
    }
    for (const auto node : by_date_) {
        const auto parent = parents_[node];
        if (parent != no_node && is_dummy(parent) && counts[parent] == 1) parents_[node] = no_node;
    }
}

void ThreadForest::sort_children() {
    children_ = children_of(by_date_);
    ranks_.assign(parents_.size(), no_node);
    for (std::uint32_t rank = 0; rank < by_date_.size(); ++rank) {
        const auto node = by_date_[rank];
        ranks_[node] = rank;
        const auto parent = parents_[node];
        if (parent != no_node && is_dummy(parent)) ranks_[parent] = std::min(ranks_[parent], rank);
    }
}

std::vector<ThreadNode> ThreadForest::roots(const std::vector<std::uint32_t>& ranks) const {
    std::vector<ThreadNode> roots;
    for (ThreadNode node = 0; node < parents_.size(); ++node) {
        const bool is_there = ranks_[node] != no_node;
        if (is_there && (is_dummy(node) || parents_[node] == no_node)) roots.push_back(node);
    }
    std::ranges::sort(roots, {}, [&](ThreadNode node) { return ranks[node]; });
    return roots;
}

std::string_view ThreadForest::subject_of(ThreadNode root) const {
    const auto message = is_dummy(root) ? children_.of(root).front() : root;
    return messages_[message].summary.key(Summary::Key::subject);
}

void ThreadForest::join_subjects() {
    const auto threads = roots(ranks_);
    KeyTable subjects{threads.size()};
    std::vector<std::uint32_t> subject_numbers;
    std::vector<ThreadNode> firsts;  // the subject table
    for (const auto root : threads) {
        const auto number = subjects.number_of(subject_of(root));
        subject_numbers.push_back(number);
        if (number == firsts.size()) firsts.push_back(root);
        auto& first = firsts[number];
        if (!is_dummy(first) && (is_dummy(root) || (is_reply(first) && !is_reply(root)))) first = root;
    }
    merged_into_.assign(parents_.size(), no_node);
    for (std::size_t i = 0; i < threads.size(); ++i) {
        if (!subject_of(threads[i]).empty()) merge(threads[i], firsts[subject_numbers[i]]);
    }
    for (const auto node : by_date_) {
        const auto parent = parents_[node];
        if (parent != no_node && merged_into_[parent] != no_node) parents_[node] = merged_into_[parent];
    }
    sort_children();
}

/// Step (5)(C): `first` is the message in the subject table.
void ThreadForest::merge(ThreadNode root, ThreadNode& first) {
    if (first == root) return;
    if (is_dummy(root)) {
        merged_into_[root] = first;  // a dummy, too: else the dummy would be in the table
    } else if (is_dummy(first) || (is_reply(root) && !is_reply(first))) {
        parents_[root] = first;
    } else {
        const auto dummy = static_cast<ThreadNode>(parents_.size());
        parents_.push_back(no_node);
        merged_into_.push_back(no_node);
        parents_[root] = parents_[first] = dummy;
        first = dummy;
    }
}

/// Of each root the most recent in its thread.
std::vector<std::uint32_t> ThreadForest::last_ranks(const std::vector<ThreadNode>& roots) const {
    std::vector<std::uint32_t> last(parents_.size());
    const auto nodes = from_the_top(children_, roots);
    std::for_each(nodes.rbegin(), nodes.rend(), [&](ThreadNode node) {
        last[node] = std::max(last[node], ranks_[node]);
        const auto parent = parents_[node];
        if (parent != no_node) last[parent] = std::max(last[parent], last[node]);
    });
    return last;
}

std::string ThreadForest::text(Order order) {
    auto threads = roots(ranks_);
    if (order == Order::last_sent) threads = roots(last_ranks(threads));
    std::string out;
    out.reserve(messages_.size() * 8);
    for (const auto root : threads) append_thread(out, root);
    return out;
}

/// thread-list = "(" (thread-members / thread-nested) ")"
void ThreadForest::append_thread(std::string& out, ThreadNode root) const {
    std::vector<ThreadNode> left{root};  // lists to come; no_node: one ends
    while (!left.empty()) {
        auto node = left.back();
        left.pop_back();
        if (node == no_node) {
            out += ')';
            continue;
        }
        out += '(';
        left.push_back(no_node);
        auto below = children_.of(node);
        if (!is_dummy(node)) fmt::format_to(std::back_inserter(out), "{}", messages_[node].number);
        for (; below.size() == 1; below = children_.of(node)) {
            node = below.front();
            fmt::format_to(std::back_inserter(out), " {}", messages_[node].number);
        }
        if (!below.empty() && !is_dummy(node)) out += ' ';
        left.insert(left.end(), below.rbegin(), below.rend());
    }
}

}  // namespace mailpipe::imap
