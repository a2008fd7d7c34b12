// SPDX-License-Identifier: ISC
// The index's three files and dovecot-uidlist as a crash, a full disk or a bad restore may have left them: edits of those
// that a folder of four messages has. Whatever they say, no message is lost and each is found; as long as only what the
// records point to is damaged, and a crash is noticed, UIDs stay, too. The first octet tells how it came; then each edit
// is an octet (file and kind), two of a place, one of a length, and so many octets.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <map>

#include "base/files.hpp"
#include "base/log.hpp"
#include "fuzz/require.hpp"
#include "store/index/compaction.hpp"
#include "store/index/entry_batch.hpp"
#include "store/index/file_name.hpp"
#include "store/index/indexed_folder.hpp"
#include "store/index/view.hpp"
#include "support/temp_dir.hpp"

using namespace mailpipe;
using namespace mailpipe::store;

namespace {

constexpr const char* bases[] = {"1.a", "2.a,S=2,W=3", "3.a", "4.a"};
const std::string files[] = {index_name, heap_name, "mailpipe-expunged", "dovecot-uidlist"};

enum How : unsigned { is_crash = 1, is_sealed_anew = 2, is_compacted = 4, is_looked_at = 8 };

struct Home {
    Home() {
        open_log("test", LogTarget::nowhere);
        for (const auto* part : {"/new", "/cur", "/tmp"}) require(make_directories(home.path() + part).has_value());
        put("cur/1.a:2,", "a\n");
        put("cur/2.a,S=2,W=3:2,FSb", "a\n");
        put("new/3.a", "a\n");
        put("cur/4.a", "a\n");
        put("cur/5.a:2,", "a\n");
    }
    void put(const std::string& name, std::string_view text) const { std::ofstream{home / name, std::ios::binary} << text; }
    std::string read(const std::string& name) const { return read_file(home / name, 1 << 24).value_or(""); }
    Fd directory() const { return std::move(*open_directory(home.path())); }
    IndexedFolder refreshed(Look look = Look::if_changed) const {
        auto folder = IndexedFolder::open({directory(), directory(), directory(), "mx"}, system_clock());
        require(folder.has_value() && folder->refresh(Access::select, look));
        return std::move(*folder);
    }

    test::TempDir home;
};

/// With what makes all parts of the index used.
void use(const Home& home) {
    auto folder = home.refreshed();
    {
        EntryBatch batch{*folder.index()};
        for (const std::uint32_t uid : {1, 2, 4}) batch.add(uid, EntryKind::summary, "summary");
        batch.add(1, EntryKind::structure, "structure");
    }
    const std::uint32_t first[] = {1, 3}, last[] = {5};
    require(folder.store(first, {FlagChange::How::add, flag::answered, 1}) && folder.expunge(last, IndexedFolder::Which::all));
}

struct Edit {
    unsigned file;
    enum Kind : unsigned { overwrite, insert, cut, append } kind;
    std::size_t place;
    std::string_view octets;
};

std::vector<Edit> parse(std::string_view text) {
    std::vector<Edit> edits;
    while (text.size() >= 4) {
        const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
        const Edit edit{octet(0) & 3U, static_cast<Edit::Kind>(octet(0) >> 2 & 3U), octet(1) + 256U * octet(2), text.substr(4, octet(3))};
        edits.push_back(edit);
        text.remove_prefix(4 + edit.octets.size());
    }
    return edits;
}

void apply(std::string& text, const Edit& edit) {
    const auto place = std::min(edit.place, text.size());
    switch (edit.kind) {
        case Edit::overwrite: text.replace(place, edit.octets.size(), edit.octets); break;
        case Edit::insert: text.insert(place, edit.octets); break;
        case Edit::cut: text.resize(place); break;
        case Edit::append: text.append(edit.octets); break;
    }
}

/// So that the fuzzer comes further than the checksums.
void seal_all(std::string& text) {
    for (auto at = header_octets; at + sizeof(Record) <= text.size(); at += sizeof(Record)) {
        Record record;
        std::memcpy(static_cast<void*>(&record), text.data() + at, sizeof record);
        seal(record);
        seal_measured(record);
        std::memcpy(text.data() + at, &record, sizeof record);
    }
}

void mark_crash(std::string& text) {
    if (text.size() < header_octets) return;
    const std::uint32_t yes = 1;
    std::memcpy(text.data() + offsetof(IndexHeader, is_changing), &yes, sizeof yes);
}

void damage(const Home& home, unsigned how, const std::vector<Edit>& edits) {
    for (unsigned i = 0; i < std::size(files); ++i) {
        auto text = home.read(files[i]);
        for (const auto& edit : edits) {
            if (edit.file == i) apply(text, edit);
        }
        if (i == 0 && (how & is_sealed_anew) != 0) seal_all(text);
        if (i == 0 && (how & is_crash) != 0) mark_crash(text);
        home.put(files[i], text);
    }
}

/// All that a session asks an index for.
void look(IndexedFolder& folder, const View& view) {
    const auto& index = view.index();
    for (std::uint32_t sequence = 1; sequence <= view.size(); ++sequence) {
        auto& record = view.record(sequence);
        require(file_name(index, record).find('/') == std::string::npos);
        (void)index.guid(record);
        (void)kept(index, record, EntryKind::summary);
        (void)kept(index, record, EntryKind::structure);
        (void)view.sequence_of(record.uid);
        (void)folder.open_message(record.uid);
        (void)folder.wire_octets(record.uid);
    }
    (void)folder.expunged_since(0);
}

void check_files(const Home& home) {
    const auto names = NameList::scan(open_directory(home.home / "new").value(), open_directory(home.home / "cur").value());
    require(names.has_value() && names->size() == std::size(bases));
    for (const auto* base : bases) require(names->find(base).has_value());
}

/// Each message once, by ascending UIDs.
std::map<std::string, std::uint32_t> uids(const IndexFile& index) {
    std::map<std::string, std::uint32_t> found;
    std::uint32_t last = 0;
    for (std::size_t i = 0; i < index.size(); ++i) {
        if (index[i].is_expunged()) continue;
        require(index[i].uid > last && index.find(index[i].uid) == i);
        last = index[i].uid;
        require(found.emplace(index.base(index[i]), last).second);
    }
    for (const auto* base : bases) require(found.contains(base));
    return found;
}

bool is_noticed(unsigned how, const std::vector<Edit>& edits) {
    const auto is_harmless = [](const Edit& edit) {
        const bool spares_header = edit.kind == Edit::append || edit.place >= header_octets;
        return edit.file == 1 || edit.file == 2 || (edit.file == 0 && spares_header);
    };
    return (how & is_crash) != 0 && (how & is_sealed_anew) == 0 && std::ranges::all_of(edits, is_harmless);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const unsigned how = data[0];
    const auto edits = parse({reinterpret_cast<const char*>(data + 1), size - 1});
    const Home home;
    use(home);
    const auto before = uids(*home.refreshed().index());
    damage(home, how, edits);

    auto folder = home.refreshed();
    View view{folder.index()};
    if ((how & is_looked_at) != 0) look(folder, view);
    if ((how & is_compacted) != 0) (void)compact(*folder.index(), home.directory());
    auto other = home.refreshed(Look::anyway);
    const std::uint32_t all[] = {1, 2, 3, 4};
    (void)other.store(all, {FlagChange::How::remove, flag::flagged, 0});
    require(folder.refresh(Access::select, Look::anyway).has_value());
    (void)view.catch_up(folder.index(), Expunges::keep_back);
    look(folder, view);
    (void)view.catch_up(folder.index(), Expunges::tell);
    look(folder, view);
    check_files(home);
    const auto after = uids(*folder.index());
    require(view.size() == after.size());
    if (is_noticed(how, edits)) require(after == before);
    return 0;
}
