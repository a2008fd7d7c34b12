// SPDX-License-Identifier: ISC
#include "pop3/text.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace mailpipe::pop3 {

namespace {

constexpr LanguageName names[] = {{"en", "English"}, {"de", "Deutsch"}, {"fr", "Français"}};

struct Row {
    Text text;
    std::string_view in[std::size(names)];
};
constexpr Row rows[] = {
    {Text::ready, {"mailpipe POP3 ready", "mailpipe POP3 bereit", "mailpipe POP3 prêt"}},
    {Text::goodbye, {"goodbye", "auf Wiedersehen", "au revoir"}},
    {Text::unknown_command, {"unknown command", "unbekannter Befehl", "commande inconnue"}},
    {Text::too_many_bad_commands, {"too many bad commands", "zu viele falsche Befehle", "trop de commandes erronées"}},
    {Text::line_too_long, {"line too long", "Zeile zu lang", "ligne trop longue"}},
    {Text::not_before_login, {"log in first", "erst nach der Anmeldung", "authentification d'abord"}},
    {Text::not_after_login, {"you are logged in", "die Anmeldung ist schon erfolgt", "authentification déjà faite"}},
    {Text::bad_argument,
     {"argument missing or wrong", "Argument fehlt oder ist falsch", "argument manquant ou erroné"}},
    {Text::too_many_arguments, {"no arguments, please", "ohne Argumente, bitte", "sans arguments, s'il vous plaît"}},

    {Text::capabilities_follow, {"capabilities follow", "es folgen die Fähigkeiten", "liste des capacités"}},
    {Text::no_tls, {"TLS is not offered", "TLS wird nicht angeboten", "TLS n'est pas proposé"}},
    {Text::tls_already, {"TLS is on already", "TLS ist schon an", "TLS est déjà actif"}},
    {Text::tls_after_utf8, {"not after UTF8", "nicht nach UTF8", "pas après UTF8"}},
    {Text::tls_begins, {"begin TLS", "TLS kann beginnen", "TLS peut commencer"}},
    {Text::tls_first, {"STLS first", "erst STLS", "STLS d'abord"}},
    {Text::utf8_on, {"UTF-8 is on", "UTF-8 ist an", "UTF-8 est actif"}},
    {Text::language_listing, {"languages follow", "es folgen die Sprachen", "liste des langues"}},
    {Text::language_changed, {"language changed", "Sprache gewechselt", "langue changée"}},
    {Text::language_unknown, {"no such language", "diese Sprache gibt es nicht", "langue inconnue"}},

    {Text::send_password, {"send PASS", "jetzt PASS", "maintenant PASS"}},
    {Text::name_first, {"USER first", "erst USER", "USER d'abord"}},
    {Text::mechanisms_follow, {"mechanisms follow", "es folgen die Verfahren", "liste des mécanismes"}},
    {Text::no_such_mechanism, {"no such mechanism", "dieses Verfahren gibt es nicht", "mécanisme inconnu"}},
    {Text::bad_response, {"can't read that response", "unlesbare Antwort", "réponse illisible"}},
    {Text::cancelled, {"cancelled", "abgebrochen", "abandonné"}},
    {Text::wrong_password,
     {"wrong name or password", "falscher Name oder falsches Passwort", "nom ou mot de passe erroné"}},
    {Text::cannot_check,
     {"can't check passwords now", "Passwörter sind gerade nicht prüfbar", "mots de passe invérifiables actuellement"}},
    {Text::logged_in, {"logged in", "angemeldet", "authentification réussie"}},
    {Text::in_use,
     {"another session has the mailbox", "eine andere Sitzung hat das Postfach",
      "boîte occupée par une autre session"}},
    {Text::too_soon,
     {"too soon after the last login", "zu bald nach der letzten Anmeldung", "trop tôt après la dernière connexion"}},
    {Text::mailbox_trouble,
     {"the mailbox can't be used now", "das Postfach ist gerade nicht benutzbar", "boîte inutilisable actuellement"}},
    {Text::mailbox_unusable, {"the mailbox can't be used", "das Postfach ist nicht benutzbar", "boîte inutilisable"}},

    {Text::no_such_message, {"no such message", "diese Nachricht gibt es nicht", "message inexistant"}},
    {Text::is_deleted, {"that message is deleted", "die Nachricht ist gelöscht", "message supprimé"}},
    {Text::is_gone,
     {"another session removed that message", "eine andere Sitzung hat die Nachricht entfernt",
      "message enlevé par une autre session"}},
    {Text::cannot_read,
     {"can't read that message now", "die Nachricht ist gerade nicht lesbar", "message illisible actuellement"}},
    {Text::needs_utf8, {"that message needs UTF8", "die Nachricht braucht UTF8", "message nécessitant UTF8"}},
    {Text::scan_listing, {"scan listing follows", "es folgt die Liste", "liste des messages"}},
    {Text::unique_ids, {"unique-ids follow", "es folgen die Kennungen", "liste des identifiants"}},
    {Text::message_follows, {"octets", "Oktette", "octets"}},
    {Text::top_follows, {"top of message follows", "es folgt der Anfang", "début du message"}},
    {Text::marked_deleted, {"marked to be deleted", "zum Löschen vorgemerkt", "message marqué pour suppression"}},
    {Text::marks_removed, {"nothing is marked", "keine Vormerkungen mehr", "plus aucune marque"}},
    {Text::nothing_done, {"nothing done", "nichts getan", "rien fait"}},
    {Text::not_all_deleted,
     {"some deleted messages not removed", "nicht alle Nachrichten entfernt",
      "messages supprimés mais non tous enlevés"}},
};

constexpr bool in_order() {
    for (std::size_t i = 0; i < std::size(rows); ++i) {
        if (rows[i].text != static_cast<Text>(i)) return false;
    }
    return std::size(rows) == static_cast<std::size_t>(Text::not_all_deleted) + 1;
}
static_assert(in_order());

}  // namespace

std::span<const LanguageName> languages() { return names; }

std::optional<Language> find_language(std::string_view range) {
    for (;;) {
        const auto found = std::ranges::find_if(names, [range](const auto& name) { return iequals(name.tag, range); });
        if (found != std::end(names)) return static_cast<Language>(found - names);
        const auto hyphen = range.rfind('-');
        if (hyphen == std::string_view::npos) return {};
        range = range.substr(0, hyphen);
    }
}

std::string_view say(Text text, Language language) {
    return rows[static_cast<std::size_t>(text)].in[static_cast<std::size_t>(language)];
}

}  // namespace mailpipe::pop3
