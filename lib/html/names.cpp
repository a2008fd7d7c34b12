// SPDX-License-Identifier: ISC
// The names of WHATWG HTML that stand for one character, as far as mail has them: all of HTML 4, Latin, Cyrillic,
// punctuation.
#include "html/names.hpp"

#include <algorithm>
#include <iterator>

namespace mailpipe::html {

namespace {

constexpr bool bare = true;

// Sorted by octets.
constexpr NamedCharacter names[] = {
    {"AElig", 0xc6, bare}, {"AMP", 0x26, bare}, {"Aacute", 0xc1, bare}, {"Abreve", 0x102}, {"Acirc", 0xc2, bare},
    {"Acy", 0x410}, {"Agrave", 0xc0, bare}, {"Alpha", 0x391}, {"Amacr", 0x100}, {"Aogon", 0x104},
    {"ApplyFunction", 0x2061}, {"Aring", 0xc5, bare}, {"Atilde", 0xc3, bare}, {"Auml", 0xc4, bare}, {"Bcy", 0x411},
    {"Beta", 0x392}, {"Breve", 0x2d8}, {"CHcy", 0x427}, {"COPY", 0xa9, bare}, {"Cacute", 0x106}, {"Ccaron", 0x10c},
    {"Ccedil", 0xc7, bare}, {"Ccirc", 0x108}, {"Cdot", 0x10a}, {"Cedilla", 0xb8}, {"CenterDot", 0xb7}, {"Chi", 0x3a7},
    {"CloseCurlyQuote", 0x2019}, {"DJcy", 0x402}, {"DScy", 0x405}, {"DZcy", 0x40f}, {"Dagger", 0x2021},
    {"Dcaron", 0x10e}, {"Dcy", 0x414}, {"Delta", 0x394}, {"DiacriticalAcute", 0xb4}, {"DiacriticalDot", 0x2d9},
    {"DiacriticalGrave", 0x60}, {"DiacriticalTilde", 0x2dc}, {"Dot", 0xa8}, {"DoubleDot", 0xa8},
    {"DoubleRightArrow", 0x21d2}, {"DownArrow", 0x2193}, {"Dstrok", 0x110}, {"ENG", 0x14a}, {"ETH", 0xd0, bare},
    {"Eacute", 0xc9, bare}, {"Ecaron", 0x11a}, {"Ecirc", 0xca, bare}, {"Ecy", 0x42d}, {"Edot", 0x116},
    {"Egrave", 0xc8, bare}, {"Emacr", 0x112}, {"Eogon", 0x118}, {"Epsilon", 0x395}, {"Eta", 0x397},
    {"Euml", 0xcb, bare}, {"Fcy", 0x424}, {"GJcy", 0x403}, {"GT", 0x3e, bare}, {"Gamma", 0x393}, {"Gbreve", 0x11e},
    {"Gcedil", 0x122}, {"Gcirc", 0x11c}, {"Gcy", 0x413}, {"Gdot", 0x120}, {"GreaterEqual", 0x2265}, {"HARDcy", 0x42a},
    {"Hacek", 0x2c7}, {"Hat", 0x5e}, {"Hcirc", 0x124}, {"Hstrok", 0x126}, {"IEcy", 0x415}, {"IJlig", 0x132},
    {"IOcy", 0x401}, {"Iacute", 0xcd, bare}, {"Icirc", 0xce, bare}, {"Icy", 0x418}, {"Idot", 0x130},
    {"Igrave", 0xcc, bare}, {"Imacr", 0x12a}, {"Implies", 0x21d2}, {"InvisibleComma", 0x2063},
    {"InvisibleTimes", 0x2062}, {"Iogon", 0x12e}, {"Iota", 0x399}, {"Itilde", 0x128}, {"Iukcy", 0x406},
    {"Iuml", 0xcf, bare}, {"Jcirc", 0x134}, {"Jcy", 0x419}, {"Jsercy", 0x408}, {"Jukcy", 0x404}, {"KHcy", 0x425},
    {"KJcy", 0x40c}, {"Kappa", 0x39a}, {"Kcedil", 0x136}, {"Kcy", 0x41a}, {"LJcy", 0x409}, {"LT", 0x3c, bare},
    {"Lacute", 0x139}, {"Lambda", 0x39b}, {"Lcaron", 0x13d}, {"Lcedil", 0x13b}, {"Lcy", 0x41b}, {"LeftArrow", 0x2190},
    {"LeftRightArrow", 0x2194}, {"Leftrightarrow", 0x21d4}, {"Lmidot", 0x13f}, {"Lstrok", 0x141}, {"Mcy", 0x41c},
    {"MediumSpace", 0x205f}, {"Mu", 0x39c}, {"NJcy", 0x40a}, {"Nacute", 0x143}, {"Ncaron", 0x147}, {"Ncedil", 0x145},
    {"Ncy", 0x41d}, {"NewLine", 0xa}, {"NoBreak", 0x2060}, {"NonBreakingSpace", 0xa0}, {"NotEqual", 0x2260},
    {"Ntilde", 0xd1, bare}, {"Nu", 0x39d}, {"OElig", 0x152}, {"Oacute", 0xd3, bare}, {"Ocirc", 0xd4, bare},
    {"Ocy", 0x41e}, {"Odblac", 0x150}, {"Ograve", 0xd2, bare}, {"Omacr", 0x14c}, {"Omega", 0x3a9}, {"Omicron", 0x39f},
    {"OpenCurlyQuote", 0x2018}, {"Oslash", 0xd8, bare}, {"Otilde", 0xd5, bare}, {"Ouml", 0xd6, bare},
    {"OverBar", 0x203e}, {"Pcy", 0x41f}, {"Phi", 0x3a6}, {"Pi", 0x3a0}, {"PlusMinus", 0xb1}, {"Prime", 0x2033},
    {"Psi", 0x3a8}, {"QUOT", 0x22, bare}, {"REG", 0xae, bare}, {"Racute", 0x154}, {"Rcaron", 0x158}, {"Rcedil", 0x156},
    {"Rcy", 0x420}, {"Rho", 0x3a1}, {"RightArrow", 0x2192}, {"Rightarrow", 0x21d2}, {"SHCHcy", 0x429}, {"SHcy", 0x428},
    {"SOFTcy", 0x42c}, {"Sacute", 0x15a}, {"Scaron", 0x160}, {"Scedil", 0x15e}, {"Scirc", 0x15c}, {"Scy", 0x421},
    {"ShortDownArrow", 0x2193}, {"ShortLeftArrow", 0x2190}, {"ShortRightArrow", 0x2192}, {"ShortUpArrow", 0x2191},
    {"Sigma", 0x3a3}, {"Square", 0x25a1}, {"THORN", 0xde, bare}, {"TRADE", 0x2122}, {"TSHcy", 0x40b}, {"TScy", 0x426},
    {"Tab", 0x9}, {"Tau", 0x3a4}, {"Tcaron", 0x164}, {"Tcedil", 0x162}, {"Tcy", 0x422}, {"Theta", 0x398},
    {"ThinSpace", 0x2009}, {"TildeTilde", 0x2248}, {"Tstrok", 0x166}, {"Uacute", 0xda, bare}, {"Ubrcy", 0x40e},
    {"Ubreve", 0x16c}, {"Ucirc", 0xdb, bare}, {"Ucy", 0x423}, {"Udblac", 0x170}, {"Ugrave", 0xd9, bare},
    {"Umacr", 0x16a}, {"UnderBar", 0x5f}, {"Uogon", 0x172}, {"UpArrow", 0x2191}, {"Upsilon", 0x3a5}, {"Uring", 0x16e},
    {"Utilde", 0x168}, {"Uuml", 0xdc, bare}, {"Vcy", 0x412}, {"Verbar", 0x2016}, {"Vert", 0x2016},
    {"VerticalLine", 0x7c}, {"VeryThinSpace", 0x200a}, {"Wcirc", 0x174}, {"Xi", 0x39e}, {"YAcy", 0x42f},
    {"YIcy", 0x407}, {"YUcy", 0x42e}, {"Yacute", 0xdd, bare}, {"Ycirc", 0x176}, {"Ycy", 0x42b}, {"Yuml", 0x178},
    {"ZHcy", 0x416}, {"Zacute", 0x179}, {"Zcaron", 0x17d}, {"Zcy", 0x417}, {"Zdot", 0x17b}, {"ZeroWidthSpace", 0x200b},
    {"Zeta", 0x396}, {"aacute", 0xe1, bare}, {"abreve", 0x103}, {"acirc", 0xe2, bare}, {"acute", 0xb4, bare},
    {"acy", 0x430}, {"aelig", 0xe6, bare}, {"af", 0x2061}, {"agrave", 0xe0, bare}, {"alefsym", 0x2135},
    {"alpha", 0x3b1}, {"amacr", 0x101}, {"amp", 0x26, bare}, {"and", 0x2227}, {"ang", 0x2220}, {"angst", 0xc5},
    {"aogon", 0x105}, {"ap", 0x2248}, {"apos", 0x27}, {"approx", 0x2248}, {"aring", 0xe5, bare}, {"ast", 0x2a},
    {"asymp", 0x2248}, {"atilde", 0xe3, bare}, {"auml", 0xe4, bare}, {"backprime", 0x2035}, {"bcy", 0x431},
    {"bdquo", 0x201e}, {"beta", 0x3b2}, {"bigstar", 0x2605}, {"blacksquare", 0x25aa}, {"blank", 0x2423},
    {"bprime", 0x2035}, {"breve", 0x2d8}, {"brvbar", 0xa6, bare}, {"bsemi", 0x204f}, {"bsol", 0x5c}, {"bull", 0x2022},
    {"bullet", 0x2022}, {"cacute", 0x107}, {"cap", 0x2229}, {"caret", 0x2041}, {"caron", 0x2c7}, {"ccaron", 0x10d},
    {"ccedil", 0xe7, bare}, {"ccirc", 0x109}, {"cdot", 0x10b}, {"cedil", 0xb8, bare}, {"cent", 0xa2, bare},
    {"centerdot", 0xb7}, {"chcy", 0x447}, {"check", 0x2713}, {"checkmark", 0x2713}, {"chi", 0x3c7}, {"cir", 0x25cb},
    {"circ", 0x2c6}, {"circledR", 0xae}, {"clubs", 0x2663}, {"clubsuit", 0x2663}, {"colon", 0x3a}, {"comma", 0x2c},
    {"commat", 0x40}, {"cong", 0x2245}, {"copy", 0xa9, bare}, {"copysr", 0x2117}, {"crarr", 0x21b5}, {"cross", 0x2717},
    {"cup", 0x222a}, {"curren", 0xa4, bare}, {"dArr", 0x21d3}, {"dagger", 0x2020}, {"darr", 0x2193}, {"dash", 0x2010},
    {"dblac", 0x2dd}, {"dcaron", 0x10f}, {"dcy", 0x434}, {"ddagger", 0x2021}, {"deg", 0xb0, bare}, {"delta", 0x3b4},
    {"diamondsuit", 0x2666}, {"diams", 0x2666}, {"die", 0xa8}, {"div", 0xf7}, {"divide", 0xf7, bare}, {"djcy", 0x452},
    {"dollar", 0x24}, {"dot", 0x2d9}, {"downarrow", 0x2193}, {"dscy", 0x455}, {"dstrok", 0x111}, {"dzcy", 0x45f},
    {"eacute", 0xe9, bare}, {"ecaron", 0x11b}, {"ecirc", 0xea, bare}, {"ecy", 0x44d}, {"edot", 0x117},
    {"egrave", 0xe8, bare}, {"emacr", 0x113}, {"empty", 0x2205}, {"emsp", 0x2003}, {"emsp13", 0x2004},
    {"emsp14", 0x2005}, {"eng", 0x14b}, {"ensp", 0x2002}, {"eogon", 0x119}, {"epsilon", 0x3b5}, {"equals", 0x3d},
    {"equiv", 0x2261}, {"eta", 0x3b7}, {"eth", 0xf0, bare}, {"euml", 0xeb, bare}, {"euro", 0x20ac}, {"excl", 0x21},
    {"exist", 0x2203}, {"fcy", 0x444}, {"female", 0x2640}, {"flat", 0x266d}, {"fnof", 0x192}, {"forall", 0x2200},
    {"frac12", 0xbd, bare}, {"frac13", 0x2153}, {"frac14", 0xbc, bare}, {"frac15", 0x2155}, {"frac16", 0x2159},
    {"frac18", 0x215b}, {"frac23", 0x2154}, {"frac25", 0x2156}, {"frac34", 0xbe, bare}, {"frac35", 0x2157},
    {"frac38", 0x215c}, {"frac45", 0x2158}, {"frac56", 0x215a}, {"frac58", 0x215d}, {"frac78", 0x215e},
    {"frasl", 0x2044}, {"gacute", 0x1f5}, {"gamma", 0x3b3}, {"gbreve", 0x11f}, {"gcirc", 0x11d}, {"gcy", 0x433},
    {"gdot", 0x121}, {"ge", 0x2265}, {"geq", 0x2265}, {"gjcy", 0x453}, {"grave", 0x60}, {"gt", 0x3e, bare},
    {"hArr", 0x21d4}, {"hairsp", 0x200a}, {"half", 0xbd}, {"hardcy", 0x44a}, {"harr", 0x2194}, {"hcirc", 0x125},
    {"hearts", 0x2665}, {"heartsuit", 0x2665}, {"hellip", 0x2026}, {"horbar", 0x2015}, {"hstrok", 0x127},
    {"hybull", 0x2043}, {"hyphen", 0x2010}, {"iacute", 0xed, bare}, {"ic", 0x2063}, {"icirc", 0xee, bare},
    {"icy", 0x438}, {"iecy", 0x435}, {"iexcl", 0xa1, bare}, {"iff", 0x21d4}, {"igrave", 0xec, bare}, {"ijlig", 0x133},
    {"imacr", 0x12b}, {"image", 0x2111}, {"imath", 0x131}, {"infin", 0x221e}, {"inodot", 0x131}, {"int", 0x222b},
    {"iocy", 0x451}, {"iogon", 0x12f}, {"iota", 0x3b9}, {"iquest", 0xbf, bare}, {"isin", 0x2208}, {"it", 0x2062},
    {"itilde", 0x129}, {"iukcy", 0x456}, {"iuml", 0xef, bare}, {"jcirc", 0x135}, {"jcy", 0x439}, {"jsercy", 0x458},
    {"jukcy", 0x454}, {"kappa", 0x3ba}, {"kcedil", 0x137}, {"kcy", 0x43a}, {"kgreen", 0x138}, {"khcy", 0x445},
    {"kjcy", 0x45c}, {"lArr", 0x21d0}, {"lacute", 0x13a}, {"lambda", 0x3bb}, {"lang", 0x27e8}, {"laquo", 0xab, bare},
    {"larr", 0x2190}, {"lbrace", 0x7b}, {"lbrack", 0x5b}, {"lcaron", 0x13e}, {"lcedil", 0x13c}, {"lceil", 0x2308},
    {"lcub", 0x7b}, {"lcy", 0x43b}, {"ldquo", 0x201c}, {"ldquor", 0x201e}, {"le", 0x2264}, {"leftarrow", 0x2190},
    {"leftrightarrow", 0x2194}, {"leq", 0x2264}, {"lfloor", 0x230a}, {"ljcy", 0x459}, {"lmidot", 0x140},
    {"lowast", 0x2217}, {"lowbar", 0x5f}, {"loz", 0x25ca}, {"lpar", 0x28}, {"lrm", 0x200e}, {"lsaquo", 0x2039},
    {"lsqb", 0x5b}, {"lsquo", 0x2018}, {"lsquor", 0x201a}, {"lstrok", 0x142}, {"lt", 0x3c, bare}, {"macr", 0xaf, bare},
    {"male", 0x2642}, {"malt", 0x2720}, {"maltese", 0x2720}, {"mcy", 0x43c}, {"mdash", 0x2014}, {"micro", 0xb5, bare},
    {"midast", 0x2a}, {"middot", 0xb7, bare}, {"minus", 0x2212}, {"mldr", 0x2026}, {"mu", 0x3bc}, {"nabla", 0x2207},
    {"nacute", 0x144}, {"napos", 0x149}, {"natur", 0x266e}, {"natural", 0x266e}, {"nbsp", 0xa0, bare},
    {"ncaron", 0x148}, {"ncedil", 0x146}, {"ncy", 0x43d}, {"ndash", 0x2013}, {"ne", 0x2260}, {"ni", 0x220b},
    {"njcy", 0x45a}, {"nldr", 0x2025}, {"not", 0xac, bare}, {"notin", 0x2209}, {"nsub", 0x2284}, {"ntilde", 0xf1, bare},
    {"nu", 0x3bd}, {"num", 0x23}, {"numero", 0x2116}, {"numsp", 0x2007}, {"oacute", 0xf3, bare}, {"ocirc", 0xf4, bare},
    {"ocy", 0x43e}, {"odblac", 0x151}, {"oelig", 0x153}, {"ogon", 0x2db}, {"ograve", 0xf2, bare}, {"oline", 0x203e},
    {"omacr", 0x14d}, {"omega", 0x3c9}, {"omicron", 0x3bf}, {"oplus", 0x2295}, {"or", 0x2228}, {"ordf", 0xaa, bare},
    {"ordm", 0xba, bare}, {"oslash", 0xf8, bare}, {"otilde", 0xf5, bare}, {"otimes", 0x2297}, {"ouml", 0xf6, bare},
    {"para", 0xb6, bare}, {"part", 0x2202}, {"pcy", 0x43f}, {"percnt", 0x25}, {"period", 0x2e}, {"permil", 0x2030},
    {"perp", 0x22a5}, {"pertenk", 0x2031}, {"phi", 0x3c6}, {"phone", 0x260e}, {"pi", 0x3c0}, {"piv", 0x3d6},
    {"plus", 0x2b}, {"plusmn", 0xb1, bare}, {"pm", 0xb1}, {"pound", 0xa3, bare}, {"prime", 0x2032}, {"prod", 0x220f},
    {"prop", 0x221d}, {"psi", 0x3c8}, {"puncsp", 0x2008}, {"qprime", 0x2057}, {"quest", 0x3f}, {"quot", 0x22, bare},
    {"rArr", 0x21d2}, {"racute", 0x155}, {"radic", 0x221a}, {"rang", 0x27e9}, {"raquo", 0xbb, bare}, {"rarr", 0x2192},
    {"rbrace", 0x7d}, {"rbrack", 0x5d}, {"rcaron", 0x159}, {"rcedil", 0x157}, {"rceil", 0x2309}, {"rcub", 0x7d},
    {"rcy", 0x440}, {"rdquo", 0x201d}, {"rdquor", 0x201d}, {"real", 0x211c}, {"reg", 0xae, bare}, {"rfloor", 0x230b},
    {"rho", 0x3c1}, {"rightarrow", 0x2192}, {"ring", 0x2da}, {"rlm", 0x200f}, {"rpar", 0x29}, {"rsaquo", 0x203a},
    {"rsqb", 0x5d}, {"rsquo", 0x2019}, {"rsquor", 0x2019}, {"rx", 0x211e}, {"sacute", 0x15b}, {"sbquo", 0x201a},
    {"scaron", 0x161}, {"scedil", 0x15f}, {"scirc", 0x15d}, {"scy", 0x441}, {"sdot", 0x22c5}, {"sect", 0xa7, bare},
    {"semi", 0x3b}, {"sharp", 0x266f}, {"shchcy", 0x449}, {"shcy", 0x448}, {"shy", 0xad, bare}, {"sigma", 0x3c3},
    {"sigmaf", 0x3c2}, {"sim", 0x223c}, {"slarr", 0x2190}, {"softcy", 0x44c}, {"sol", 0x2f}, {"spades", 0x2660},
    {"spadesuit", 0x2660}, {"squ", 0x25a1}, {"square", 0x25a1}, {"squarf", 0x25aa}, {"squf", 0x25aa}, {"srarr", 0x2192},
    {"star", 0x2606}, {"starf", 0x2605}, {"strns", 0xaf}, {"sub", 0x2282}, {"sube", 0x2286}, {"sum", 0x2211},
    {"sung", 0x266a}, {"sup", 0x2283}, {"sup1", 0xb9, bare}, {"sup2", 0xb2, bare}, {"sup3", 0xb3, bare},
    {"supe", 0x2287}, {"szlig", 0xdf, bare}, {"tau", 0x3c4}, {"tcaron", 0x165}, {"tcedil", 0x163}, {"tcy", 0x442},
    {"there4", 0x2234}, {"theta", 0x3b8}, {"thetasym", 0x3d1}, {"thickapprox", 0x2248}, {"thinsp", 0x2009},
    {"thkap", 0x2248}, {"thorn", 0xfe, bare}, {"tilde", 0x2dc}, {"times", 0xd7, bare}, {"tprime", 0x2034},
    {"trade", 0x2122}, {"tscy", 0x446}, {"tshcy", 0x45b}, {"tstrok", 0x167}, {"uArr", 0x21d1}, {"uacute", 0xfa, bare},
    {"uarr", 0x2191}, {"ubrcy", 0x45e}, {"ubreve", 0x16d}, {"ucirc", 0xfb, bare}, {"ucy", 0x443}, {"udblac", 0x171},
    {"ugrave", 0xf9, bare}, {"umacr", 0x16b}, {"uml", 0xa8, bare}, {"uogon", 0x173}, {"uparrow", 0x2191},
    {"upsih", 0x3d2}, {"upsilon", 0x3c5}, {"uring", 0x16f}, {"utilde", 0x169}, {"uuml", 0xfc, bare}, {"vcy", 0x432},
    {"verbar", 0x7c}, {"vert", 0x7c}, {"wcirc", 0x175}, {"weierp", 0x2118}, {"xi", 0x3be}, {"yacute", 0xfd, bare},
    {"yacy", 0x44f}, {"ycirc", 0x177}, {"ycy", 0x44b}, {"yen", 0xa5, bare}, {"yicy", 0x457}, {"yucy", 0x44e},
    {"yuml", 0xff, bare}, {"zacute", 0x17a}, {"zcaron", 0x17e}, {"zcy", 0x437}, {"zdot", 0x17c}, {"zeta", 0x3b6},
    {"zhcy", 0x436}, {"zwj", 0x200d}, {"zwnj", 0x200c},
};

constexpr std::string_view name_of(const NamedCharacter& named) { return named.name; }

static_assert(std::ranges::is_sorted(names, {}, name_of));

}  // namespace

const NamedCharacter* find_name(std::string_view name) {
    const auto* found = std::ranges::lower_bound(names, name, {}, name_of);
    return found != std::end(names) && name_of(*found) == name ? found : nullptr;
}

}  // namespace mailpipe::html
