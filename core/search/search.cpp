#include "core/search/search.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/search/points.h"

namespace quantwright {

namespace {

using Set = std::vector<Raise>;

/// Candidates are looked for among the groups that make this share of the noise, and no more than so many.
constexpr double k_share = 0.98;
constexpr std::size_t k_most_groups = 48;
/// With more exceptions than so many the ranking of all images is worth its time.
constexpr std::size_t k_few = 8;
/// Another range is tried for so many of the most sensitive groups.
constexpr std::size_t k_ranges = 12;

/// The raises of `set` with those of `more`, which take the place of others of the same group.
Set with(const Set& set, const Set& more) {
    Set result = more;
    for (const Raise& raise : set)
        if (std::none_of(more.begin(), more.end(),
                         [&](const Raise& one) { return one.group == raise.group; }))
            result.push_back(raise);
    std::sort(result.begin(), result.end());
    return result;
}

Set without(const Set& set, const Raise& raise) {
    Set result = set;
    std::erase(result, raise);
    return result;
}

class Search {
public:
    Search(const std::shared_ptr<const Resolved>& resolved, const InputReader& reader,
           const SearchOptions& options, const JobContext& job)
        : m_resolved(resolved), m_options(options), m_points(resolved, reader, options, job) {}

    Result<std::shared_ptr<const SearchResult>> run() {
        if (auto opened = m_points.open(); !opened)
            return fail(opened);
        const auto kept = keeps({});
        if (!kept)
            return fail(kept);
        std::optional<Set> chosen;
        if (*kept)
            chosen.emplace();
        else if (auto found = find(); !found)
            return fail(found);
        else
            chosen = std::move(*found);
        return conclude(chosen);
    }

private:
    struct Candidate {
        Set raises;
        double gain = 0, cost = 0;  ///< at the step it was measured at; by itself
        std::size_t step = 0;       ///< 0: not measured, the gain is a guess
    };

    Result<bool> keeps(const Set& set) {
        const auto tried = m_points.measure(set, false);
        if (!tried)
            return fail(tried);
        const SearchPoint& point = (*tried)->point;
        if (point.keeps && (!m_best || better(point.raised, *m_best)))
            m_best = point.raised;
        if (m_options.tried)
            m_options.tried(point, m_best ? &m_points.find(*m_best)->point : nullptr);
        return point.keeps;
    }

    /// Of two sets that were measured: fewer exceptions, else less cost.
    [[nodiscard]] bool better(const Set& a, const Set& b) const {
        const auto key = [this](const Set& set) {
            return std::pair(set.size(), m_points.find(set)->point.cost);
        };
        return key(a) < key(b);
    }

    Status take_ranking(bool on_all) {
        auto ranking = m_points.rank(on_all);
        if (!ranking)
            return fail(ranking);
        m_ranking.clear();
        m_raises.clear();
        for (const Ranked& one : *ranking) {
            auto raises = candidates(*m_resolved, one.group);
            if (raises.empty() || !(one.noise > 0))
                continue;
            m_ranking.push_back(one);
            m_raises.push_back(std::move(raises));
        }
        return {};
    }

    Result<std::optional<Set>> find() {
        if (auto ranked = take_ranking(false); !ranked)
            return fail(ranked);
        if (m_ranking.empty())
            return std::optional<Set>();
        const auto everything = m_points.cost_of(first(m_ranking.size()));
        if (!everything)
            return fail(everything);
        m_each = std::max(*everything / static_cast<double>(m_ranking.size()), 1e-12);
        m_limit = m_options.most > 0
                      ? std::min<std::size_t>(static_cast<std::size_t>(m_options.most), m_ranking.size())
                      : m_ranking.size();
        auto down = down_the_ranking();
        if (!down)
            return fail(down);
        std::optional<Set> chosen = std::move(*down);
        if (chosen)
            m_limit = chosen->size();
        expect_the_rest();
        for (const bool per_cost : {false, true}) {
            auto greedy = by_gain(chosen, per_cost);
            if (!greedy)
                return fail(greedy);
            if (*greedy && (!chosen || better(**greedy, *chosen)))
                chosen = std::move(*greedy);
            if (chosen)
                m_limit = chosen->size();
        }
        if (chosen && m_limit > k_few) {
            if (auto ranked = take_ranking(true); !ranked)
                return fail(ranked);
            if (!(down = down_the_ranking()))
                return fail(down);
            if (*down && better(**down, *chosen))
                chosen = std::move(*down);
        }
        if (!chosen)
            return chosen;
        auto reduced = reduce(*chosen);
        if (!reduced)
            return fail(reduced);
        // The accuracy does not quite grow with every layer: a shorter start of the ranking may do after all.
        if (reduced->size() > 1) {
            const Set shorter = first(reduced->size() - 1);
            const auto kept = keeps(shorter);
            if (!kept)
                return fail(kept);
            if (*kept && !(reduced = reduce(shorter)))
                return fail(reduced);
        }
        return std::optional<Set>(std::move(*reduced));
    }

    /// The first groups of the ranking, each with the best precision there is.
    [[nodiscard]] Set first(std::size_t count) const {
        Set set;
        for (std::size_t i = 0; i < count; ++i)
            set.push_back(m_raises[i].back());
        std::sort(set.begin(), set.end());
        return set;
    }

    /// The shortest start of the ranking that keeps the promise, by bisection. Noise of layers about adds up,
    /// so where to look first follows from the analysis.
    Result<std::optional<Set>> down_the_ranking() {
        double noise = m_points.all().front().noise;
        const double wanted =
            m_options.promise.min_snr_db ? std::pow(10, -*m_options.promise.min_snr_db / 10) : noise / 4;
        std::size_t high = 1;
        for (; high < m_limit && noise - m_ranking[high - 1].noise > wanted; ++high)
            noise -= m_ranking[high - 1].noise;
        std::size_t low = 0;
        for (;; high = std::min(m_limit, 2 * high)) {
            const auto kept = keeps(first(high));
            if (!kept)
                return fail(kept);
            if (*kept)
                break;
            if (high == m_limit)
                return std::optional<Set>();
            low = high;
        }
        while (high - low > 1) {
            const std::size_t middle = low + (high - low) / 2;
            const auto kept = keeps(first(middle));
            if (!kept)
                return fail(kept);
            (*kept ? high : low) = middle;
        }
        return std::optional<Set>(first(high));
    }

    /// What is left to measure, about as much as it is at most.
    void expect_the_rest() {
        const auto most = static_cast<std::int64_t>(std::min<std::size_t>(m_limit, 32));
        m_points.expect((3 * most + 8) * m_points.full_images() + 20 * most * m_points.screen_images());
    }

    /// How many of the most sensitive groups are looked at: those that make nearly all of the noise, and none
    /// that could not be a tenth of what each of the exceptions has to take away. `less`: noise to be taken
    /// away.
    [[nodiscard]] std::size_t candidate_groups(double less) const {
        double all = 0, sum = 0;
        for (const Ranked& one : m_ranking)
            all += one.noise;
        const double least = less / (10 * static_cast<double>(m_limit));
        std::size_t count = 0;
        while (count < std::min(m_ranking.size(), k_most_groups) && !(sum > k_share * all) &&
               !(m_ranking[count].noise < least))
            sum += m_ranking[count++].noise;
        return count;
    }

    /// Each exception by itself; and groups in a row together, so that nothing is converted between them.
    /// What they gain is guessed as the most that can be hoped for: float takes all the noise of a group
    /// away, and others, which better its activations or its weights alone, half.
    Result<std::vector<Candidate>> all_candidates(double less, double scale) {
        std::vector<Candidate> found;
        const std::size_t count = candidate_groups(less);
        std::map<int, std::size_t> place;
        for (std::size_t i = 0; i < count; ++i)
            place[m_ranking[i].group] = i;
        const Prepared& prepared = *m_resolved->prepared;
        for (std::size_t i = 0; i < count; ++i) {
            const double noise = m_ranking[i].noise * scale;
            for (const Raise& raise : m_raises[i])
                if (raise.field != Field::threshold_method || i < k_ranges)
                    found.push_back({{raise}, raise.field == Field::mode ? noise : noise / 2});
            const int exit = prepared.groups[static_cast<std::size_t>(m_ranking[i].group)].exit();
            for (const TensorId output : prepared.layers[static_cast<std::size_t>(exit)].outputs)
                for (const NodeId reader : prepared.model->graph()[output].consumers) {
                    const int layer = prepared.layer_of_node[static_cast<std::size_t>(reader)];
                    const auto next = place.find(prepared.group_of_layer[static_cast<std::size_t>(layer)]);
                    if (next != place.end() && next->second != i)
                        found.push_back({with({m_raises[i].back()}, {m_raises[next->second].back()}),
                                         noise + m_ranking[next->second].noise * scale});
                }
        }
        for (Candidate& one : found) {
            const auto cost = m_points.cost_of(one.raises);
            if (!cost)
                return fail(cost);
            one.cost = *cost;
        }
        return found;
    }

    /// Gain per exception; `per_cost`: per cost, where each exception counts as much besides as one costs on
    /// the average, so that none is free.
    [[nodiscard]] double score(const Candidate& one, bool per_cost) const {
        const auto count = static_cast<double>(one.raises.size());
        return one.gain / (per_cost ? std::max(one.cost + m_each * count, m_each / 100) : count);
    }

    /// Always the exception with the largest measured gain, or gain per cost, on the few images of the
    /// screen; then the shortest start of that order that keeps the promise on all. Gains are no larger than
    /// they were with fewer exceptions, mostly, nor than was guessed, so only candidates that would be the
    /// next are measured. `known`: another set that keeps the promise.
    Result<std::optional<Set>> by_gain(const std::optional<Set>& known, bool per_cost) {
        const auto base = m_points.measure({}, true);
        if (!base)
            return fail(base);
        double noise = (*base)->noise;
        const double plain = m_points.all().front().noise;
        const double scale = noise / plain;  // of the few images to all of them
        const double wanted = m_options.promise.min_snr_db ? std::pow(10, -*m_options.promise.min_snr_db / 10)
                              : known                      ? m_points.find(*known)->noise
                                                           : 0;
        double goal = wanted * scale;
        auto found = all_candidates(known ? plain - wanted : 0, scale);
        if (!found)
            return fail(found);
        std::vector<Set> steps = {{}};
        const auto worse = [&](const Candidate& a, const Candidate& b) {
            return score(a, per_cost) < score(b, per_cost);
        };
        while (steps.back().size() < m_limit) {
            std::erase_if(*found,
                          [](const Candidate& one) { return !(one.gain > 0) || !std::isfinite(one.cost); });
            if (found->empty())
                break;
            const auto top = std::max_element(found->begin(), found->end(), worse);
            const Set next = with(steps.back(), top->raises);
            if (next.size() > m_limit || next == steps.back()) {
                found->erase(top);
                continue;
            }
            const auto tried = m_points.measure(next, true);
            if (!tried)
                return fail(tried);
            top->gain = (*tried)->possible ? noise - (*tried)->noise : 0;
            if (top->step != steps.size()) {
                top->step = steps.size();
                continue;  // perhaps another is better now
            }
            found->erase(top);
            noise = (*tried)->noise;
            steps.push_back(next);
            if (noise > goal)
                continue;
            const auto kept = keeps(next);
            if (!kept)
                return fail(kept);
            if (*kept)
                return shortest(steps);
            goal = 0.93 * noise;
        }
        const auto kept = keeps(steps.back());
        if (!kept)
            return fail(kept);
        return *kept ? shortest(steps) : Result<std::optional<Set>>(std::optional<Set>());
    }

    /// Of sets that grow, the last of which keeps the promise.
    Result<std::optional<Set>> shortest(const std::vector<Set>& steps) {
        std::size_t low = 0, high = steps.size() - 1;
        while (high - low > 1) {
            const std::size_t middle = low + (high - low) / 2;
            const auto kept = keeps(steps[middle]);
            if (!kept)
                return fail(kept);
            (*kept ? high : low) = middle;
        }
        return std::optional<Set>(steps[high]);
    }

    /// Leaves out what the promise is kept without, gives what is cheaper where that does, until neither
    /// goes.
    Result<Set> reduce(Set set) {
        auto dropped = drop(std::move(set));
        if (!dropped)
            return dropped;
        auto cheaper = cheapen(*dropped);
        if (!cheaper || *cheaper == *dropped)
            return cheaper;
        return drop(std::move(*cheaper));
    }

    /// The dearest first; of equal ones the least sensitive.
    Result<std::vector<Raise>> by_cost(const Set& set) {
        std::vector<std::pair<double, std::size_t>> keys;
        for (const Raise& raise : set) {
            const auto cost = m_points.cost_of({raise});
            if (!cost)
                return fail(cost);
            keys.emplace_back(-*cost, m_ranking.size() - place(raise.group));
        }
        std::vector<std::size_t> order(set.size());
        for (std::size_t i = 0; i < order.size(); ++i)
            order[i] = i;
        std::stable_sort(order.begin(), order.end(),
                         [&](std::size_t a, std::size_t b) { return keys[a] < keys[b]; });
        std::vector<Raise> sorted;
        for (const std::size_t i : order)
            sorted.push_back(set[i]);
        return sorted;
    }

    Result<Set> drop(Set set) {
        const auto order = by_cost(set);
        if (!order)
            return fail(order);
        // Each is tested against the others that are left at last.
        std::size_t tested = 0;
        for (std::size_t i = 0; tested < set.size(); i = (i + 1) % order->size()) {
            const Raise& raise = (*order)[i];
            if (std::find(set.begin(), set.end(), raise) == set.end())
                continue;
            const auto kept = keeps(without(set, raise));
            if (!kept)
                return fail(kept);
            ++tested;
            if (*kept) {
                set = without(set, raise);
                tested = 0;
            }
        }
        return set;
    }

    Result<Set> cheapen(Set set) {
        const auto order = by_cost(set);
        if (!order)
            return fail(order);
        for (const Raise& raise : *order) {
            const auto now = m_points.cost_of({raise});
            if (!now)
                return fail(now);
            const std::size_t index = place(raise.group);
            if (index == m_raises.size())
                continue;
            for (const Raise& other : m_raises[index]) {
                const auto cost = m_points.cost_of({other});
                if (!cost)
                    return fail(cost);
                if (!(*cost < *now - m_each / 100))
                    continue;
                const auto alike = gains_alike(other, raise);
                if (!alike)
                    return fail(alike);
                if (!*alike)
                    continue;
                const Set tried = with(set, {other});
                const auto kept = keeps(tried);
                if (!kept)
                    return fail(kept);
                if (*kept) {
                    set = tried;
                    break;
                }
            }
        }
        return set;
    }

    /// By the screen: worth a measurement on all images.
    Result<bool> gains_alike(const Raise& cheaper, const Raise& dear) {
        const auto base = m_points.measure({}, true), a = m_points.measure({cheaper}, true),
                   b = m_points.measure({dear}, true);
        if (!base || !a || !b)
            return fail(!base ? base : !a ? a : b);
        const double gain = (*base)->noise - (*a)->noise;
        return (*a)->possible && gain > 0 && gain >= ((*base)->noise - (*b)->noise) / 2;
    }

    [[nodiscard]] std::size_t place(int group) const {
        return static_cast<std::size_t>(std::find_if(m_ranking.begin(), m_ranking.end(),
                                                     [&](const Ranked& one) { return one.group == group; }) -
                                        m_ranking.begin());
    }

    /// Where the promise is kept nowhere: what comes nearest to it, with as few exceptions as that takes.
    [[nodiscard]] std::size_t nearest() const {
        const auto& all = m_points.all();
        const auto miss = [&](const Points::Tried& one) {
            return m_options.promise.max_drop
                       ? one.point.drop.value_or(std::numeric_limits<double>::infinity())
                       : one.noise;
        };
        const std::size_t most =
            m_options.most > 0 ? static_cast<std::size_t>(m_options.most) : m_ranking.size();
        std::size_t best = 0;
        for (std::size_t i = 1; i < all.size(); ++i) {
            if (all[i].point.screened || !all[i].possible || all[i].point.raised.size() > most)
                continue;
            const auto key = [&](const Points::Tried& one) {
                return std::tuple(miss(one), one.point.raised.size(), one.point.cost);
            };
            if (key(all[i]) < key(all[best]))
                best = i;
        }
        return best;
    }

    Result<std::shared_ptr<const SearchResult>> conclude(const std::optional<Set>& chosen) {
        auto result = std::make_shared<SearchResult>();
        const Points::Tried* best = chosen ? m_points.find(*chosen) : nullptr;
        for (const Points::Tried& one : m_points.all()) {
            if (&one == best)
                result->chosen = result->points.size();
            if (one.possible)
                result->points.push_back(one.point);
        }
        result->reached = best != nullptr;
        if (!best) {
            const SearchPoint& near = m_points.all()[nearest()].point;
            for (std::size_t i = 0; i < result->points.size(); ++i)
                if (!result->points[i].screened && result->points[i].raised == near.raised)
                    result->chosen = i;
        }
        for (std::size_t i = 0; best && i < m_ranking.size(); ++i)
            for (const Raise& raise : *chosen) {
                if (raise.group != m_ranking[i].group)
                    continue;
                Needed needed{raise, {}, {}, static_cast<int>(i) + 1, m_ranking[i].snr_db};
                if (const auto* other = m_points.find(without(*chosen, raise))) {
                    needed.snr_db_without = other->point.snr_db;
                    needed.drop_without = other->point.drop;
                }
                result->exceptions.push_back(std::move(needed));
            }
        result->metric = m_points.metric();
        result->float_figure = m_points.float_figure();
        result->measured_on = m_points.measured_on();
        result->sensitivity = m_points.sensitivity();
        result->known = m_points.known();
        return result;
    }

    const std::shared_ptr<const Resolved> m_resolved;
    const SearchOptions& m_options;
    Points m_points;
    std::vector<Ranked> m_ranking;             ///< of the groups that something can be done for
    std::vector<std::vector<Raise>> m_raises;  ///< what that is
    double m_each = 0;
    std::size_t m_limit = 0;
    std::optional<Set> m_best;
};

}  // namespace

Result<std::shared_ptr<const SearchResult>> search(const std::shared_ptr<const Resolved>& resolved,
                                                   const InputReader& reader, const SearchOptions& options,
                                                   const JobContext& job) {
    return Search(resolved, reader, options, job).run();
}

}  // namespace quantwright
