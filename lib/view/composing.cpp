// SPDX-License-Identifier: ISC
#include "view/composing.hpp"

#include <pwd.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/files.hpp"
#include "base/mapped_file.hpp"
#include "mime/compose.hpp"
#include "mime/draft.hpp"
#include "mime/media_types.hpp"

namespace mailpipe::view {

namespace {

constexpr std::size_t max_table_octets = 4 * 1024 * 1024;

/// As Debian's media-types package brings it; empty where it is not there.
std::string media_types() { return read_file("/etc/mime.types", max_table_octets).value_or(std::string{}); }

std::string author(const std::string& host) {
    const auto* user = ::getpwuid(::geteuid());
    return fmt::format("{}@{}", user == nullptr ? "postmaster" : user->pw_name, host);
}

Result<void> add_fields(mime::Draft& draft, const std::vector<std::string>& fields) {
    for (const auto& field : fields) {
        const auto colon = field.find(':');
        if (colon == 0 || colon == field.npos) {
            return failure({Fault::permanent, fmt::format("'{}' is no field like 'Name: value'", field), ExitStatus::usage});
        }
        draft.fields.emplace_back(field.substr(0, colon), trim(std::string_view{field}.substr(colon + 1)));
    }
    return {};
}

Result<MappedFile> content_of(const Result<Fd>& file, const std::string& path) {
    if (!file) return failure(file.error());
    auto mapped = MappedFile::open(*file);
    if (!mapped) mapped.error().what.insert(0, path + ": ");
    return mapped;
}

Result<std::vector<MappedFile>> open_all(const std::vector<std::string>& paths) {
    std::vector<MappedFile> files;
    for (const auto& path : paths) {
        auto file = content_of(open_read(path), path);
        if (!file) return failure(std::move(file).error());
        files.push_back(std::move(*file));
    }
    return files;
}

}  // namespace

bool Letter::is_begun() const {
    const bool has_recipients = !to.empty() || !cc.empty() || !bcc.empty();
    return has_recipients || from || subject || !fields.empty() || !attachments.empty();
}

Result<void> compose(const Letter& letter, Time now, const std::string& host, const mime::Sink& sink) {
    const auto text = content_of(open_input(letter.text_file), letter.text_file);
    if (!text) return failure(text.error());
    mime::Draft draft;
    draft.text = text->text();
    draft.fields.emplace_back("From", letter.from ? *letter.from : author(host));
    const std::pair<const char*, const std::vector<std::string>&> recipients[] = {
        {"To", letter.to}, {"Cc", letter.cc}, {"Bcc", letter.bcc}};
    for (const auto& [name, lists] : recipients) {
        if (!lists.empty()) draft.fields.emplace_back(name, fmt::format("{}", fmt::join(lists, ", ")));
    }
    if (letter.subject) draft.fields.emplace_back("Subject", *letter.subject);
    if (auto r = add_fields(draft, letter.fields); !r) return r;

    const auto files = open_all(letter.attachments);
    if (!files) return failure(files.error());
    const auto types = letter.attachments.empty() ? "" : media_types();
    for (std::size_t i = 0; i < files->size(); ++i) {
        const auto& path = letter.attachments[i];
        const auto name = path.substr(path.rfind('/') + 1);
        const auto content = (*files)[i].text();
        draft.attachments.push_back({name, mime::media_type(types, name, content), content});
    }
    mime::add_origin(draft, now, host);
    return mime::write_draft(draft, mime::new_boundary(), sink);
}

}  // namespace mailpipe::view
