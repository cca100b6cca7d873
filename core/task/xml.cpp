#include "core/task/xml.h"

#include <array>
#include <utility>

#include "core/images/text_lines.h"

namespace quantwright {
namespace {

std::string unescaped(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, char>, 5> entities = {
        std::pair{std::string_view("&lt;"), '<'},
        {"&gt;", '>'},
        {"&amp;", '&'},
        {"&quot;", '"'},
        {"&apos;", '\''}};
    std::string result;
    while (!text.empty()) {
        const auto* found = std::find_if(entities.begin(), entities.end(),
                                         [&](const auto& entity) { return text.starts_with(entity.first); });
        const bool known = found != entities.end();
        result += known ? found->second : text.front();
        text.remove_prefix(known ? found->first.size() : 1);
    }
    return result;
}

class Parser {
public:
    explicit Parser(std::string_view text) : m_text(text) {}

    Result<XmlElement> run() {
        std::vector<XmlElement> open;
        while (m_at < m_text.size()) {
            if (m_text[m_at] != '<') {
                const std::size_t end = std::min(m_text.find('<', m_at), m_text.size());
                const std::string_view text = trimmed(m_text.substr(m_at, end - m_at));
                if (!open.empty())
                    open.back().text += unescaped(text);
                else if (!text.empty())
                    return wrong("text outside of an element");
                m_at = end;
                continue;
            }
            if (skip("<!--", "-->") || skip("<?", "?>") || skip("<!", ">"))
                continue;
            const std::size_t end = m_text.find('>', m_at);
            if (end == std::string_view::npos)
                return wrong("a tag is not closed");
            std::string_view tag = m_text.substr(m_at + 1, end - m_at - 1);
            const bool closes = tag.starts_with('/'), empty = tag.ends_with('/');
            if (closes)
                tag.remove_prefix(1);
            const std::string name(tag.substr(0, tag.find_first_of(" \t\r\n/")));
            if (name.empty())
                return wrong("a tag without a name");
            if (!closes) {
                if (open.size() > 100)
                    return wrong("too deep");
                open.push_back({name, {}, {}});
            }
            m_at = end + 1;
            if (!closes && !empty)
                continue;
            if (open.empty() || open.back().name != name)
                return wrong("</" + name + "> closes nothing");
            XmlElement done = std::move(open.back());
            open.pop_back();
            if (open.empty())
                return done;
            open.back().children.push_back(std::move(done));
        }
        return wrong(open.empty() ? "no element in it" : "<" + open.back().name + "> is not closed");
    }

private:
    bool skip(std::string_view begin, std::string_view end) {
        if (!m_text.substr(m_at).starts_with(begin))
            return false;
        const std::size_t found = m_text.find(end, m_at);
        m_at = found == std::string_view::npos ? m_text.size() : found + end.size();
        return true;
    }

    [[nodiscard]] tl::unexpected<Error> wrong(const std::string& what) const {
        const auto lines =
            std::count(m_text.begin(), m_text.begin() + static_cast<std::ptrdiff_t>(m_at), '\n');
        return fail(ErrorCode::labels_unreadable, {}, "line " + std::to_string(lines + 1) + ": " + what);
    }

    std::string_view m_text;
    std::size_t m_at = 0;
};

}  // namespace

Result<XmlElement> parse_xml(std::string_view text) {
    return Parser(text).run();
}

}  // namespace quantwright
