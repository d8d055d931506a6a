// Work on several threads: shares are taken from a counter, and no result depends on who took which.
#pragma once
#include <pthread.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

namespace kan {

class Pool {
public:
    /// Does `work(0)` ... `work(shares - 1)` on up to `threads` threads, this one included.
    void run(int64_t shares, int threads, const std::function<void(int64_t)>& work) {
        if (threads > shares) threads = int(shares);
        std::unique_lock<std::mutex> alone(busy_, std::try_to_lock);
        if (threads <= 1 || !alone) {  // another thread of Python computes just now: this one does it by itself
            for (int64_t share = 0; share < shares; ++share) work(share);
            return;
        }
        {
            std::lock_guard<std::mutex> hold(door_);
            employ(threads - 1);
            work_ = &work, shares_ = shares, next_ = 0, failed_ = false;
            invited_ = threads - 1, inside_ = int(helpers_.size());
            ++round_;
        }
        called_.notify_all();
        take();
        std::unique_lock<std::mutex> hold(door_);
        done_.wait(hold, [this] { return inside_ == 0; });
        if (failed_) throw std::bad_alloc();
    }

    static Pool& shared() {
        static Pool* pool = fresh();  // never taken down: its threads wait until the process ends
        return *pool;
    }

private:
    static Pool* fresh() {
        // A forked child has none of the threads, so it starts with a pool of its own.
        pthread_atfork(nullptr, nullptr, [] { new (&shared()) Pool; });
        return new Pool;
    }

    void employ(int helpers) {
        try {
            while (int(helpers_.size()) < helpers) helpers_.emplace_back([this, seen = round_] { help(seen); });
        } catch (const std::system_error&) {
            // There are no more threads to be had: those that are there do it.
        }
    }

    void take() {
        try {
            for (int64_t share; (share = next_.fetch_add(1)) < shares_;) (*work_)(share);
        } catch (const std::bad_alloc&) {
            failed_ = true;
        }
    }

    void help(uint64_t seen) {
        std::unique_lock<std::mutex> hold(door_);
        for (;;) {
            called_.wait(hold, [&] { return round_ != seen; });
            seen = round_;
            if (invited_-- > 0) {
                hold.unlock();
                take();
                hold.lock();
            }
            if (--inside_ == 0) done_.notify_one();
        }
    }

    std::mutex busy_, door_;
    std::condition_variable called_, done_;
    std::vector<std::thread> helpers_;
    const std::function<void(int64_t)>* work_ = nullptr;
    std::atomic<int64_t> next_{0};
    std::atomic<bool> failed_{false};
    int64_t shares_ = 0;
    int invited_ = 0, inside_ = 0;
    uint64_t round_ = 0;
};

/// A T of this thread's own. To find it takes a call, which stood within the innermost loops if this one were inlined.
template <typename T>
[[gnu::noinline]] inline T& own() {
    thread_local T it;
    return it;
}

/// Does `work`; whether memory has run out: no exception goes out to Python.
template <typename Work>
inline int run_out(Work&& work) {
    try {
        work();
        return 0;
    } catch (const std::bad_alloc&) {
        return 1;
    }
}

}  // namespace kan
