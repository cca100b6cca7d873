#pragma once
// The keys of one request, each checked for its type and its range as it is read.
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "json.h"

namespace quantwright::agent {

/// Every function throws Failure board.bad_answer, with the key as its subject. What is left out has the
/// fallback.
class Fields {
public:
    explicit Fields(const Json& request) : m_request(request) {}

    std::string text(const char* key, std::size_t longest = 4096);
    /// Relative, below .cache/quantwright/, without "..".
    std::string path(const char* key);
    std::int64_t whole(const char* key, std::int64_t fallback, std::int64_t low, std::int64_t high);
    double number(const char* key, double fallback, double low, double high);
    bool flag(const char* key, bool fallback);
    std::vector<std::string> texts(const char* key, std::size_t most);
    std::vector<int> wholes(const char* key, std::size_t most, int low, int high);
    std::map<std::string, std::string> pairs(const char* key, std::size_t most);

    /// After all were read: fails if there is another.
    void no_others() const;

private:
    const Json* find(const char* key);

    const Json& m_request;
    std::set<std::string> m_read{"id", "do"};
};

}  // namespace quantwright::agent
