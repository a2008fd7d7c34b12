// SPDX-License-Identifier: ISC
#include "imap/session/describe.hpp"

#include <fcntl.h>

#include "base/files.hpp"
#include "base/mapped_file.hpp"
#include "imap/message/structure_entry.hpp"
#include "imap/search/summary.hpp"
#include "mime/structure.hpp"
#include "store/index/index_file.hpp"
#include "store/maildir_name.hpp"

namespace mailpipe::imap {

void describe_message(const Fd& folder, const std::string& file) {
    const Fd heap{::openat(folder.number(), store::heap_name, O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
    if (!heap) return;
    const auto opened = open_read_at(folder, "new/" + file);
    const auto message = opened ? MappedFile::open(*opened) : failure(opened.error());
    if (!message) return;
    const auto text = message->text();
    const auto base = store::parse_maildir_name(file).base;
    auto entries = store::IndexFile::make_entry(store::EntryKind::summary, base, make_summary(text));
    entries += store::IndexFile::make_entry(store::EntryKind::structure, base,
                                            make_structure_entry(text, mime::read_structure(text)));
    (void)write_all(heap, entries);
}

}  // namespace mailpipe::imap
