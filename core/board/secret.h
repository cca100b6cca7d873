#pragma once
#include <cstring>
#include <optional>
#include <string>
#include <utility>

namespace quantwright {

/// A secret that leaves nothing behind in memory.
class Secret {
public:
    explicit Secret(std::optional<std::string> text) : m_text(std::move(text)) {
        // The move of a short string copies it: what was moved from is wiped too.
        if (text)                                              // NOLINT(bugprone-use-after-move)
            ::explicit_bzero(text->data(), text->capacity());  // NOLINT(bugprone-use-after-move)
    }
    ~Secret() {
        if (m_text)
            ::explicit_bzero(m_text->data(), m_text->capacity());
    }
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;

    explicit operator bool() const { return m_text.has_value(); }
    [[nodiscard]] const char* text() const { return m_text->c_str(); }
    [[nodiscard]] std::size_t size() const { return m_text->size(); }

private:
    std::optional<std::string> m_text;
};

}  // namespace quantwright
