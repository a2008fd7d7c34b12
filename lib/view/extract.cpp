// SPDX-License-Identifier: ISC
#include "view/extract.hpp"

#include <fcntl.h>
#include <fnmatch.h>
#include <sys/stat.h>

#include <cerrno>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/files.hpp"
#include "base/unique_name.hpp"
#include "base/utf8.hpp"
#include "mime/attachment.hpp"
#include "mime/content_type.hpp"
#include "mime/part_number.hpp"
#include "view/part_body.hpp"
#include "view/safe_name.hpp"

namespace mailpipe::view {

namespace {

constexpr std::size_t max_same_names = 1'000'000;
constexpr mode_t file_mode = 0666;  // less the umask

/// What a part is called that has no name.
std::string name_for(const std::string& number, const std::string& type) {
    constexpr std::pair<std::string_view, std::string_view> extensions[] = {
        {"text/plain", ".txt"},     {"text/html", ".html"},      {"text/calendar", ".ics"}, {"message/rfc822", ".eml"},
        {"application/pdf", ".pdf"}, {"image/jpeg", ".jpg"},     {"image/png", ".png"},     {"image/gif", ".gif"},
        {"application/zip", ".zip"}, {"application/json", ".json"},
    };
    for (const auto& [known, extension] : extensions) {
        if (type == known) return fmt::format("part-{}{}", number, extension);
    }
    return "part-" + number;
}

/// With what is in the part, and no name yet.
Result<NewFile> new_file(const Fd& directory, std::string_view message, const mime::Part& part) {
    auto file = NewFile::create(directory, unique_name(system_clock().now(), "mimecat"), file_mode);
    if (!file) return file;
    Result<void> done;
    write_decoded(message, part, [&](std::string_view piece) {
        if (done) done = file->write(piece);
    });
    if (!done) return failure(done.error());
    return file;
}

}  // namespace

Result<Extractor> Extractor::open(std::string directory, std::string pattern) {
    const auto mask = ::umask(0);  // there is no other way to ask
    ::umask(mask);
    auto made = make_directories(directory, 0777 & ~mask);
    auto opened = made ? open_directory(directory) : failure(made.error());
    if (!opened) {
        if (opened.error().fault == Fault::permanent) opened.error().status = ExitStatus::cannot_create;
        return failure(std::move(opened).error());
    }
    return Extractor{std::move(directory), std::move(pattern), std::move(*opened)};
}

Result<void> Extractor::extract(const Message& message, const mime::Structure& structure, const mime::Sink& out) {
    for (std::size_t index = 0; index < structure.parts.size(); ++index) {
        const auto& part = structure.parts[index];
        const auto name = safe_name(mime::file_name(message.text, part));
        if (!is_wanted(message.text, part, name)) continue;
        const auto number = mime::part_number(structure, index);
        const auto type = mime::content_type(message.text, part).name();
        auto file = new_file(directory_, message.text, part);
        if (!file) return failure(std::move(file).error());
        const auto given = give_name(*file, name.empty() ? name_for(number, type) : name);
        if (!given) return failure(given.error());
        out(fmt::format("{}\t{}\t{}\t{}/{}\t{}\n", number, line_for_terminal(type), file->size(), path_, *given,
                        line_for_terminal(message.name)));
    }
    return {};
}

/// The message itself has no number where it is no single part.
bool Extractor::is_wanted(std::string_view message, const mime::Part& part, const std::string& name) const {
    if (part.kind == mime::Part::Kind::multipart) return false;
    if (pattern_.empty()) return mime::is_attachment(message, part);
    const bool is_of_types = pattern_.find('/') != pattern_.npos;
    const auto text = is_of_types ? mime::content_type(message, part).name() : name;
    return ::fnmatch(pattern_.c_str(), text.c_str(), FNM_CASEFOLD) == 0;
}

Result<std::string> Extractor::give_name(NewFile& file, const std::string& wanted) const {
    const std::lock_guard lock{names_->mutex};
    auto& used = names_->used[wanted];
    while (used < max_same_names) {
        auto name = ++used == 1 ? wanted : numbered_name(wanted, used);
        auto done = file.link_unsynced(directory_, name);
        if (done) return name;
        if (done.error().number != EEXIST) return failure(std::move(done).error());
    }
    return failure({Fault::permanent, fmt::format("{} has too many files called {}", path_, wanted), ExitStatus::cannot_create});
}

}  // namespace mailpipe::view
