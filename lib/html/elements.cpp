// SPDX-License-Identifier: ISC
#include "html/elements.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "base/ascii.hpp"

namespace mailpipe::html {

namespace {

// Sorted. html, head and body are not here: what is in them decides for itself.
constexpr Element table[] = {
    {"a", Role::link}, {"abbr", Role::phrase}, {"acronym", Role::phrase}, {"address", Role::block},
    {"area", Role::empty}, {"article", Role::block}, {"aside", Role::block}, {"audio", Role::phrase},
    {"b", Role::phrase}, {"base", Role::empty}, {"basefont", Role::empty}, {"bdi", Role::phrase}, {"bdo", Role::phrase},
    {"bgsound", Role::empty}, {"big", Role::phrase}, {"blockquote", Role::quote}, {"br", Role::line_break},
    {"button", Role::phrase}, {"canvas", Role::phrase}, {"caption", Role::block}, {"center", Role::block},
    {"cite", Role::phrase}, {"code", Role::phrase}, {"col", Role::empty}, {"data", Role::phrase},
    {"datalist", Role::hidden}, {"dd", Role::definition}, {"del", Role::phrase}, {"details", Role::block},
    {"dfn", Role::phrase}, {"dialog", Role::block}, {"dir", Role::list}, {"div", Role::block},
    {"dl", Role::definitions}, {"dt", Role::term}, {"em", Role::phrase}, {"embed", Role::empty},
    {"fieldset", Role::block}, {"figcaption", Role::block}, {"figure", Role::block}, {"font", Role::phrase},
    {"footer", Role::block}, {"form", Role::block}, {"frame", Role::empty}, {"h1", Role::heading},
    {"h2", Role::heading}, {"h3", Role::heading}, {"h4", Role::heading}, {"h5", Role::heading}, {"h6", Role::heading},
    {"header", Role::block}, {"hgroup", Role::block}, {"hr", Role::rule}, {"i", Role::phrase},
    {"iframe", Role::hidden, Content::raw}, {"img", Role::image}, {"input", Role::empty}, {"ins", Role::phrase},
    {"kbd", Role::phrase}, {"keygen", Role::empty}, {"label", Role::phrase}, {"legend", Role::block},
    {"li", Role::item}, {"link", Role::empty}, {"listing", Role::preformatted}, {"main", Role::block},
    {"map", Role::phrase}, {"mark", Role::phrase}, {"math", Role::phrase}, {"menu", Role::list}, {"meta", Role::empty},
    {"meter", Role::phrase}, {"nav", Role::block}, {"nobr", Role::phrase}, {"noembed", Role::hidden, Content::raw},
    {"noframes", Role::hidden, Content::raw}, {"noscript", Role::phrase}, {"object", Role::phrase}, {"ol", Role::list},
    {"optgroup", Role::block}, {"option", Role::block}, {"output", Role::phrase}, {"p", Role::paragraph},
    {"param", Role::empty}, {"picture", Role::phrase}, {"plaintext", Role::preformatted, Content::rest},
    {"pre", Role::preformatted}, {"progress", Role::phrase}, {"q", Role::phrase}, {"rb", Role::phrase},
    {"rp", Role::phrase}, {"rt", Role::phrase}, {"ruby", Role::phrase}, {"s", Role::phrase}, {"samp", Role::phrase},
    {"script", Role::hidden, Content::script}, {"search", Role::block}, {"section", Role::block},
    {"select", Role::phrase}, {"small", Role::phrase}, {"source", Role::empty}, {"span", Role::phrase},
    {"strike", Role::phrase}, {"strong", Role::phrase}, {"style", Role::hidden, Content::raw}, {"sub", Role::phrase},
    {"summary", Role::block}, {"sup", Role::phrase}, {"svg", Role::phrase}, {"table", Role::table},
    {"tbody", Role::section}, {"td", Role::cell}, {"template", Role::hidden},
    {"textarea", Role::preformatted, Content::escapable_raw}, {"tfoot", Role::section}, {"th", Role::cell},
    {"thead", Role::section}, {"time", Role::phrase}, {"title", Role::hidden, Content::escapable_raw},
    {"tr", Role::row}, {"track", Role::empty}, {"tt", Role::phrase}, {"u", Role::phrase}, {"ul", Role::list},
    {"var", Role::phrase}, {"video", Role::phrase}, {"wbr", Role::empty}, {"xmp", Role::preformatted, Content::raw},
};

constexpr std::string_view name_of(const Element& element) { return element.name; }

static_assert(std::ranges::is_sorted(table, {}, name_of));

}  // namespace

std::span<const Element> elements() { return table; }

const Element* find_element(std::string_view name) {
    std::array<char, sizeof Element::name - 1> buffer;
    if (name.size() > buffer.size()) return nullptr;
    std::ranges::transform(name, buffer.begin(), to_lower);
    const std::string_view small{buffer.data(), name.size()};
    const auto* found = std::ranges::lower_bound(table, small, {}, name_of);
    return found != std::end(table) && name_of(*found) == small ? found : nullptr;
}

}  // namespace mailpipe::html
