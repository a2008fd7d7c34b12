// SPDX-License-Identifier: ISC
// IndexedFolder::refresh: what new/, cur/ and dovecot-uidlist hold against what the index knows. The lock is held.
#pragma once

#include <cstdint>
#include <vector>

#include "store/index/disk_state.hpp"
#include "store/doubles.hpp"
#include "store/index/indexed_folder.hpp"
#include "store/name_list.hpp"
#include "store/uid_map.hpp"

namespace mailpipe::store {

class Refresh {
public:
    Refresh(IndexedFolder& folder, Access access) : folder_(&folder), access_(access) {}
    Result<void> run(Look look);

private:
    Result<void> look_at_all();
    Result<void> look_at_new();
    Result<void> reconcile();
    void publish();
    void begin_matching();
    Result<void> read_uids();
    Result<void> look_for_unseen();
    std::string guid_of_index() const;
    void take_uids_of_map();
    void take_uids_of_index();
    void match_records();
    bool contradicts_map() const;
    bool hides_known() const;
    Doubles doubles() const;
    void take(Record& record, std::size_t name);
    void update(Record& record, std::string_view name, Place place);
    Result<void> look_for_missing();
    Result<bool> has_wrong_names() const;
    void expunge(Record& record);
    Result<void> add_newcomers();
    std::vector<std::uint32_t> newcomers(std::uint32_t last_uid);
    void sort_by_arrival(std::span<std::uint32_t> names) const;
    std::uint32_t next_uid() const;
    void forget_all_uids();
    std::size_t octets_of(const std::vector<std::uint32_t>& names) const;
    Result<void> number(const std::vector<std::uint32_t>& names);
    Result<void> write_uid_map(std::string lines, std::uint32_t next_uid);
    std::string lines_of_index() const;
    Result<void> put_in_index(const std::vector<std::uint32_t>& names);
    Result<void> build(std::vector<Record> records, std::string_view names);
    Result<void> start_again();
    void adopt_entries(std::size_t first);
    void move_to_cur();
    std::uint32_t count_new() const;
    void remember();
    std::uint64_t modseq();

    IndexedFolder* folder_;
    Access access_;
    Time now_{};          // before the look, where the directories' times come from
    DiskState disk_;
    NameList names_;
    UidMap map_;
    bool has_map_ = false;
    bool is_restored_ = false;            // the map is made out of the index
    bool has_unnumbered_ = false;         // messages that got no UID
    bool only_new_ = false;               // names_ are those in new/
    std::vector<std::uint32_t> uids_;     // by name; 0: it has none
    std::vector<std::string_view> keys_;  // by name, of the map; empty without one
    std::vector<bool> taken_;             // by name: a record has it
    std::vector<std::size_t> missing_;    // records without a name
    std::vector<std::uint32_t> vanished_; // UIDs
    std::uint32_t old_validity_ = 0;
    std::uint64_t known_modseq_ = 0;      // the highest one of the index before
    std::uint64_t modseq_ = 0;            // of this refresh, once something has changed
};

}  // namespace mailpipe::store
