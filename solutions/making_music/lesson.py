# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A network that makes music
#
# In the second assignment a network wrote names, letter by letter. A tune is written in the same way, note by note. What is new is that you can hear it, and that music keeps time: a note has a place in its bar, and a network that is not told about bars loses them.
# In this notebook you build a small instrument from sine waves, turn tunes into arrays, train a network on two dozen of them, and listen to what it writes.
#
# When you have finished, you can
#
# - turn the number of a key into a frequency, and a frequency into a sound that does not click,
# - render a tune as samples that any loudspeaker can play,
# - tell a network where in the bar it is, and show what that is worth,
# - make a network bolder or more careful: temperature, and the nucleus of its probabilities,
# - hold back learning by heart: dropout, and stopping at the right step,
# - let a network compose, and measure what came out.
#
# You need NumPy, the softmax, and what the second assignment was about: batches, masks, and writing with numbers that are handed in. The network, its loss and Adam are given here in a file. You need not read music.

# %% [markdown]
# ## Before you start
#
# ### How an exercise works
#
# Each of the nine exercises is one function. You read why it exists, look at a figure and its equations, and fill in the empty cell.
# Two hints are folded away below the empty cell; the second says more than the first.
# Then you run two cells. The **example** prints a few numbers, which you can compare with the numbers below it.
# The **check** tells you your points and, if something is wrong, the first thing that is wrong and where to look.
# You can run a check as often as you like.
#
# Exercise 3 calls your functions from exercises 1 and 2, exercise 5 the one from exercise 4, and exercise 9 those from exercises 6 and 7. If one of those is wrong, you lose its own points and no others: where your work is marked, each exercise is tried with right functions below it.
#
# ### What each exercise is worth, and how long it takes
#
# A check looks at every output. The main outputs are the heart of an exercise: if one of them is wrong, the exercise earns at most half of its points.
# One point of most exercises is for leaving the arguments as they were; it counts when the main outputs are right.
#
# All of it takes about three and a half hours. The minutes in the table are estimates; exercise 5 is a good place to stop for the day.
#
# <details>
# <summary>Points and minutes of each exercise; main outputs are in bold</summary>
#
# | exercise | points | minutes, about | outputs and their points |
# | --- | --- | --- | --- |
# | 1 `pitch_frequency` | 4 | 10 | **`frequency` 3**, arguments unchanged 1 |
# | 2 `make_tone` | 13 | 30 | **`samples` 12**, arguments unchanged 1 |
# | 3 `render_tune` | 10 | 20 | **`sound` 9**, arguments unchanged 1 |
# | 4 `beat_position` | 9 | 15 | **`beats` 8**, arguments unchanged 1 |
# | 5 `encode_tunes` | 14 | 30 | **`x` 6**, **`y` 4**, `mask` 3, arguments unchanged 1 |
# | 6 `temper` | 7 | 10 | **`p` 6**, arguments unchanged 1 |
# | 7 `keep_likeliest` | 9 | 20 | **`q` 8**, arguments unchanged 1 |
# | 8 `dropout` | 9 | 15 | **`dropped` 6**, `factor` 2, arguments unchanged 1 |
# | 9 `compose` | 20 | 35 | **`notes` 14**, `beats` 5, arguments unchanged 1 |
# | closing section and written question | 5 | 35 | read and marked by a person |
# | all together | 100 | 220 | |
#
# </details>

# %% [markdown]
# ### Notation
#
# It is that of the first assignment. Each column is one example; time stands last.
#
# | letter | code name | meaning |
# | --- | --- | --- |
# | $n_y$ | `n_y` | classes: the different notes that there are, and the end mark |
# | $n_x$ | `n_x` | numbers in the input at one time step: $n_y$, and one for each eighth of a bar |
# | $n_a$ | `n_a` | numbers in the hidden state |
# | $m$ | `m` | tunes in the batch |
# | $T_x$ | `T_x` | time steps: the notes of the longest tune, and one more |
# | $N$ | `N` | samples of a sound |
#
# | symbol | code name | meaning |
# | --- | --- | --- |
# | $p$ | `pitch` | the number of a key on a keyboard: a whole number, one more for each semitone; 69 is the a that orchestras tune to, 60 the middle c, and 0 stands for a rest |
# | $l$ | `length` | how long a note is, in **eighths**: 2 is a quarter note, 8 fills a bar of four quarters |
# | $r$ | `rate` | samples in a second |
# | $x^{\langle t \rangle}$ | `x[:, :, t]`, `xt` | input at time step $t$: the note before, and where in the bar the next one starts |
# | $z^{\langle t \rangle}$ | `scores` | scores of the classes, before the softmax |
#
# A **note** is a pair `(pitch, length)`. A tune is a list of notes. The **vocabulary** is a list of all notes that may come; its first entry is `(0, 0)`, which is the end mark.
# In the formulas time steps count from 1 and in Python from 0; samples count from 0 in both. The sign $\odot$ multiplies entry by entry (`*` in NumPy).

# %% [markdown]
# ### Set-up
#
# The notebook works together with a few files in the same folder. The next cell looks for them and says what to do if one is not there.
# The cells after it load what you need, print the versions you work with, and read the tunes.

# %% locked setup_files
FILES = ("rnn_utils", "tune_network", "tune_reader", "abc_reader", "tune_shown", "selfcheck")
for module in ("numpy", *FILES):
    try:
        __import__(module)
    except ModuleNotFoundError:
        print(f"{module} is missing.")
        if module == "numpy":
            print("Run this in a new cell, then restart the kernel: %pip install numpy")
        else:
            print("Beside this notebook you need rnn_utils.py, tune_network.py, tune_reader.py,")
            print("abc_reader.py, tune_shown.py, tunes.txt, selfcheck.py and references.npz.")
            print("They are in the folder that the notebook came from.")
            print("In Colab: open the folder icon on the left and drop the files there.")

# %% locked setup
import numpy as np
from tune_network import drawn, new_network, new_state, step
from tune_reader import read_tunes

from rnn_utils import one_hot
from selfcheck import check, summary

PLUCKED = {
    "partials": np.array([1.0, 0.5, 0.3, 0.2, 0.1]),
    "decay": 1.5,
    "attack": 0.01,
    "release": 0.03,
}

# %% locked versions
import sys

print("Python", sys.version.split()[0], "with NumPy", np.__version__)

# %% locked tunes
tunes = read_tunes("tunes.txt")
in_four = [tune for tune in tunes if tune.bar == 8]
print(f"{len(tunes)} tunes, {len(in_four)} of them in bars of four quarters, among them")
print(*(tune.name for tune in in_four[4::6]), sep=", ")
print("The first notes of", in_four[0].name, "are", in_four[0].notes[:7])

# %% [markdown]
# The tunes are traditional ones, written down for this course in a simplified form: one voice, pitch and length, nothing else. `DATA.md` says where they are from, and `tune_reader.py` how you can add your own.

# %% [markdown]
# ## 1 · pitch_frequency: from a key to a frequency
#
# A sound is air that swings. How often it swings in a second is its frequency, in hertz, and what we hear of that is its pitch.
#
# Keys are numbered evenly, frequencies are not. Twelve keys up is an octave, and an octave is *twice* the frequency, wherever you start. So each key multiplies the frequency by the same factor, and twelve of these factors make 2.
#
# One key has to be fixed, and all others follow. Orchestras tune to the a above the middle c: key 69, at 440 swings a second.
#
# ![A row of keys with their numbers from 57 to 81. Marks stand at 57, 69 and 81, with 220, 440 and 880 hertz below them. From mark to mark an arrow says twelve keys, times two.](figures/pitch_frequency.svg)
#
# *Figure 1. Equal steps on the keyboard are equal factors of frequency: twelve keys are a factor of 2, in every octave.*

# %% [markdown]
# ### Equation of a pitch
#
# For a key with the number $p$, the frequency in hertz is
#
# $$f = 440 \cdot 2^{(p - 69) / 12} \tag{1}$$
#
# | symbol | code name | shape |
# | --- | --- | --- |
# | $p$ | `pitch` | $(m)$, or one number |
# | $f$ | `frequency` | the same |


# %% answer
def pitch_frequency(pitch):
    """Return the frequency of keys, equation (1); about 2 lines.

    Arguments:
        pitch: the numbers of m keys, (m,), or of a single one; 69 is the a of 440 hertz

    Returns:
        frequency: in hertz, (m,), or one number
    """
    ### BEGIN SOLUTION
    octaves = (pitch - 69) / 12
    frequency = 440.0 * 2.0**octaves
    return frequency
    ### END SOLUTION


# %% [markdown]
# ### Hints for pitch_frequency
#
# <details>
# <summary>Hint 1: where to begin</summary>
#
# How many octaves above the a is key 81, and how many is key 75? Once you have octaves, every octave is a factor of 2.
#
# </details>
#
# <details>
# <summary>Hint 2: nearly there</summary>
#
# Count the keys from 69, and divide by the number of keys in an octave, with the division that keeps fractions. Raise 2 to that power. No loop is needed: NumPy does this for all keys at once, and for a single number as well.
#
# </details>

# %% example
print(pitch_frequency(np.array([60, 69, 81, 48, 70, 84])).round(3))
print(round(float(pitch_frequency(57)), 3))

# %% check
check("pitch_frequency", pitch_frequency)

# %% [markdown]
# ### What you should see from pitch_frequency
#
# <!-- expected: example_pitch_frequency -->
#
# ### What it means
#
# The middle c, key 60, has 261.6 hertz. From key 69 to key 70 it is 26 hertz up; an octave higher the same step would be 52. That is why a tune can begin on any key: all its frequencies are multiplied by the same number, and it remains the same tune.

# %% [markdown]
# ## 2 · make_tone: one note that sounds
#
# A pure sine sounds like a hearing test. What makes a string or a pipe is that it swings in several ways at once: at its frequency, at twice, three times, four times that frequency. These are its *partials*, and how strong each of them is makes the colour of the sound.
#
# A plucked string also fades, and its high partials fade sooner. And no real sound begins or ends from one moment to the next. A loudspeaker that is to jump makes a click, so every tone is faded in and out, within a few hundredths of a second: that is its *envelope*.
#
# A computer keeps a sound as *samples*: the height of the wave, many times a second. Half of the sampling rate is a border. A partial above it would come back as a lower one that nobody asked for, so it is left out.
#
# ![Three curves over the same time. Above, a tone of three partials, whose height falls. In the middle, the envelope: a steep rise to one, a long flat part, a fall to zero. Below, the product of both, which begins and ends at zero.](figures/make_tone.svg)
#
# *Figure 2. Partials that fade, times an envelope that is zero at both ends, are a tone that does not click.*

# %% [markdown]
# ### Equations of a tone
#
# A tone of $d$ seconds at $r$ samples a second has $N = \mathrm{round}(d\, r)$ samples. Sample $n$ is taken at the time
#
# $$t_n = n / r, \qquad n = 0, \dots, N - 1 \tag{2}$$
#
# The envelope rises for $t_{rise}$ seconds, and falls for $t_{fall}$ seconds until it is zero at the last sample:
#
# $$v_n = \min\left(1,\ \frac{t_n}{t_{rise}},\ \frac{t_{N-1} - t_n}{t_{fall}}\right) \tag{3}$$
#
# The partials have $k$ times the frequency $f$ and the strengths $A_k$; they fade the sooner, the higher they are:
#
# $$s_n = v_n \sum_{k\,:\ k f < r / 2} A_k\; e^{-c\, k\, t_n} \sin\left(2 \pi\, k f\, t_n\right) \tag{4}$$
#
# | symbol | code name | shape |
# | --- | --- | --- |
# | $f,\ d,\ r$ | `frequency`, `seconds`, `rate` | one number each |
# | $A_1, A_2, \dots$ | `instrument["partials"]` | $(K)$; $A_1$ stands at place 0 |
# | $c$ | `instrument["decay"]` | one number, per second |
# | $t_{rise},\ t_{fall}$ | `instrument["attack"]`, `instrument["release"]` | one number each, in seconds |
# | $t,\ v$ | `t`, `envelope` | $(N)$ |
# | $s$ | `samples` | $(N)$ |
#
# ### One sample by hand
#
# At 8,000 samples a second, sample 20 is taken after 0.0025 s. At 100 hertz the first partial has made a quarter of a swing by then, so its sine is 1. With a rise of 0.01 s the envelope is at a quarter. With $A_1 = 0.8$, no fading and no other partials, the sample is $0.25 \cdot 0.8 = 0.2$.


# %% answer
def make_tone(frequency, seconds, rate, instrument):
    """Make the samples of one tone, equations (2) to (4); about 13 lines.

    Arguments:
        frequency: of the first partial, in hertz
        seconds: how long the tone is
        rate: samples in a second
        instrument: a dictionary with
            partials: the strength of each partial, the first one at place 0, (K,)
            decay: how fast the first partial fades, per second
            attack, release: seconds of the rise at the beginning, and of the fall at the end

    Returns:
        samples: the height of the wave at every sample, (N,)
    """
    ### BEGIN SOLUTION
    N = round(seconds * rate)
    t = np.arange(N) / rate
    wave = np.zeros(N)
    for k, strength in enumerate(instrument["partials"], 1):
        if k * frequency < rate / 2:
            fading = np.exp(-instrument["decay"] * k * t)
            wave += strength * fading * np.sin(2 * np.pi * k * frequency * t)
    rise = t / instrument["attack"]
    fall = (t[-1] - t) / instrument["release"]
    envelope = np.minimum(1, np.minimum(rise, fall))
    samples = envelope * wave
    return samples
    ### END SOLUTION


# %% [markdown]
# ### Hints for make_tone
#
# <details>
# <summary>Hint 1: where to begin</summary>
#
# Make the array of times first; everything else is computed from it, for all samples at once. Then the sum over the partials wants a loop, which begins with zeros. Which partial does place 0 of the strengths belong to? `enumerate` can begin at 1.
#
# </details>
#
# <details>
# <summary>Hint 2: nearly there</summary>
#
# The times are whole numbers from 0 up to N, without it, divided by the rate. In each turn of the loop, look first whether this partial lies below half of the rate; if it does, add strength times fading times sine. Behind the loop make the rise and the fall as two arrays of the same length; the fall counts the seconds that are left until the last sample's time. `np.minimum` takes the smaller of two arrays, entry by entry, and also of an array and the number 1. No rise and fall may be applied twice: the envelope is one factor.
#
# </details>

# %% example
instrument = {
    "partials": np.array([1.0, 0.5, 0.25, 0.4, 0.3]),
    "decay": 2.0,
    "attack": 0.02,
    "release": 0.05,
}
samples = make_tone(100.0, 0.2486, 450, instrument)
print(len(samples), "samples, the first ones", samples[:5].round(5))
print("at a tenth of a second:", samples[45:49].round(5))
print("the last ones:", samples[-3:].round(5))

# %% check
check("make_tone", make_tone)

# %% [markdown]
# ### What you should see from make_tone
#
# <!-- expected: example_make_tone -->
#
# ### What it means
#
# The tone begins and ends with exactly 0, so it can be put beside any other tone without a click. Its third partial would have 300 hertz, and there are 450 samples a second: half of that is 225, so it is missing, and so are all above it. Had it been left in, its samples would be those of a partial of 150 hertz, upside down: a fifth that nobody asked for.

# %% [markdown]
# ## 3 · render_tune: a tune that sounds
#
# A tune is notes one after the other. A rest is a note that cannot be heard: it takes as long as any other, and forgetting it moves everything behind it.
#
# Lengths are counted in eighths, and a *tempo* says how fast they go by: the number of quarters in a minute. At a tempo of 120 a quarter lasts half a second, and an eighth a quarter of a second.
#
# At the end all samples are made louder or softer by one factor. A loudspeaker takes numbers between −1 and 1 and cuts off what lies outside, which sounds like a broken one. So the highest peak of the whole tune is brought to 0.8.
#
# ![Four notes of different lengths in a row, one of them a rest. Each note becomes a block of samples below it, as long as its length; the rest becomes a block of zeros. All blocks are joined to one row, which is then scaled so that its highest peak is 0.8.](figures/render_tune.svg)
#
# *Figure 3. Each note becomes a block of samples. The blocks are joined, not added, and the whole is scaled once.*

# %% [markdown]
# ### Equations of a tune
#
# At a tempo of $b$ quarters in a minute, a note of $l$ eighths lasts
#
# $$d = 30\, l / b \ \text{ seconds} \tag{5}$$
#
# A note sounds for $d$ seconds at the frequency of its pitch; a rest, which has the pitch 0, is $\mathrm{round}(d\, r)$ zeros. Joined they are $w$, and
#
# $$\mathrm{sound}_n = 0.8\, w_n\, / \max_j |w_j| \tag{6}$$
#
# If nothing but rests is to be played, all of $w$ is zero and stays so.
#
# | symbol | code name | shape |
# | --- | --- | --- |
# | $b,\ r$ | `tempo`, `rate` | one number each |
# | $d$ | `seconds` | one number, for each note |
# | $w$ | `wave` | $(N)$, all samples of all notes |
# | $\mathrm{sound}$ | `sound` | $(N)$ |


# %% answer
def render_tune(notes, tempo, rate, instrument):
    """Play notes one after the other, equations (5) and (6); about 13 lines.

    Arguments:
        notes: a list of (pitch, length), at least one; a pitch of 0 is a rest, lengths are eighths
        tempo: quarters in a minute
        rate: samples in a second
        instrument: what make_tone takes

    Returns:
        sound: samples, the highest peak at 0.8, (N,)
    """
    ### BEGIN SOLUTION
    blocks = []
    for pitch, length in notes:
        seconds = 30 * length / tempo
        if pitch == 0:
            block = np.zeros(round(seconds * rate))
        else:
            block = make_tone(pitch_frequency(pitch), seconds, rate, instrument)
        blocks.append(block)
    wave = np.concatenate(blocks)
    peak = np.max(np.abs(wave))
    sound = 0.8 * wave / peak if peak > 0 else wave
    return sound
    ### END SOLUTION


# %% [markdown]
# ### Hints for render_tune
#
# <details>
# <summary>Hint 1: where to begin</summary>
#
# Go through the notes and collect a block of samples for each in a list. A note needs its seconds, and its frequency; you have written functions for the rest of it. What does a rest need, and how many zeros are that?
#
# </details>
#
# <details>
# <summary>Hint 2: nearly there</summary>
#
# Each turn works out the seconds from the length and the tempo. For a rest, make as many zeros as `make_tone` would make samples; otherwise call `make_tone` with the frequency that `pitch_frequency` gives. Behind the loop, `np.concatenate` joins the list. The peak is the largest absolute value of the whole; multiply by 0.8 and divide by it, unless it is zero.
#
# </details>

# %% example
notes = [(40, 2), (0, 1), (43, 3), (57, 1), (52, 2)]
sound = render_tune(notes, 150, 700, instrument)
print(len(sound), "samples, the highest peak is", np.max(np.abs(sound)).round(6))
print("in the first note:", sound[60:64].round(5))
print("in the rest:", sound[320:324].round(5))
print("in the last note:", sound[-80:-76].round(5))

# %% check
check("render_tune", render_tune)

# %% [markdown]
# ### What you should see from render_tune
#
# <!-- expected: example_render_tune -->
#
# ### What it means
#
# The peak is taken once, over the whole tune. If every note were scaled by itself, soft notes would be as loud as loud ones. With 700 samples a second this sounds like nothing; in the closing section you take 8,000, as a telephone does, and listen.

# %% [markdown]
# ## 4 · beat_position: where in the bar
#
# Tap your foot to a tune, and count: one, two, three, four, one, two. Between the taps of "one" lies a *bar*. Tunes are built on this: phrases begin and end at bar lines, long notes stand on strong beats. Who plays from notes sees the bar lines. Who only sees which note comes after which has to add up lengths to know them, and one slip moves all that follows.
#
# So the network is told. With every note comes where in the bar it starts, counted in eighths: 0 is the first eighth of a bar, and in a bar of four quarters 7 is the last.
#
# Some tunes begin before their first bar line, with an *upbeat*. "Oh! Susanna" has one of two eighths: its first note stands at 6, the second at 7, and then comes the bar line.
#
# ![Notes of the lengths 1, 1, 2, 2, 3, 1 on a line of eighths with bar lines every eight eighths. An upbeat of two eighths stands before the first bar line. Below each note stands the number of the eighth at which it starts: 6, 7, 0, 2, 4, 7.](figures/beat_position.svg)
#
# *Figure 4. The beginning of a tune with an upbeat of two eighths. Positions count the eighths since the last bar line.*

# %% [markdown]
# ### Equations of the beat
#
# Let $l_j$ be the length of note $j$, $b$ the eighths of a bar, and $h$ those of the upbeat, 0 if there is none. The eighths between the first bar line and the start of note $t$ are
#
# $$g_t = l_1 + \dots + l_{t-1} - h \tag{7}$$
#
# and its place in the bar is what is left over when whole bars are taken away, as a one-hot column:
#
# $$\mathrm{beats}^{\langle t \rangle} = e_k \ \text{ with } \ k = g_t \ \mathrm{mod}\  b \tag{8}$$
#
# | symbol | code name | shape |
# | --- | --- | --- |
# | $l_1, \dots, l_{T_x}$ | `lengths` | $T_x$ whole numbers |
# | $b,\ h$ | `bar`, `upbeat` | one whole number each |
# | $\mathrm{beats}$ | `beats` | $(\mathrm{bar}, T_x)$ |
#
# Before the first bar line $g_t$ is negative. Python's `%` does the right thing there: $-2 \ \mathrm{mod}\  8$ is 6.


# %% answer
def beat_position(lengths, bar, upbeat):
    """Say at which eighth of its bar each note starts, equations (7) and (8); about 6 lines.

    Arguments:
        lengths: of T_x notes, in eighths, a list of whole numbers; rests count as notes
        bar: eighths in a bar
        upbeat: eighths before the first bar line

    Returns:
        beats: one-hot, a column for each note, (bar, T_x)
    """
    ### BEGIN SOLUTION
    beats = np.zeros((bar, len(lengths)))
    start = -upbeat
    for t, length in enumerate(lengths):
        beats[start % bar, t] = 1
        start = start + length
    return beats
    ### END SOLUTION


# %% [markdown]
# ### Hints for beat_position
#
# <details>
# <summary>Hint 1: where to begin</summary>
#
# Where does the first note start, if there is an upbeat? And where does a note start, compared with the note before it? One variable that grows from note to note is enough.
#
# </details>
#
# <details>
# <summary>Hint 2: nearly there</summary>
#
# Begin with an array of zeros and with a start of minus the upbeat. For every note, put a 1 into its column, in the row that `%` gives; only then add its length, since it is the *next* note that starts where this one ends.
#
# </details>

# %% example
beats = beat_position([1, 1, 2, 2, 3, 1, 2, 3], 8, 2)
print("shape:", beats.shape, " rows:", beats.argmax(axis=0))
print("in bars of six, without an upbeat:", beat_position([4, 2, 3, 1, 2], 6, 0).argmax(axis=0))

# %% check
check("beat_position", beat_position)

# %% [markdown]
# ### What you should see from beat_position
#
# <!-- expected: example_beat_position -->
#
# ### What it means
#
# The function looks at lengths alone, and never at a pitch. All that it tells can be worked out from the notes before. A network could learn to do that: it would have to add up eighths, modulo 8, without a single slip, over a whole tune. Telling it costs eight numbers in the input. What they are worth, you will measure at the end.

# %% [markdown]
# ## 5 · encode_tunes: tunes become arrays
#
# A tune is its own teacher, as a word was. From the notes so far the network predicts the next one, and the input is the target one step earlier. The classes are whole notes, pitch and length together: a quarter c and a half c are two entries of the vocabulary.
#
# The input has two parts, one below the other. The upper one is the note before, one-hot. The lower one says where in the bar the note that is *to be predicted* starts. There is nothing unfair in that: where a note starts follows from the notes before it. How long it is, and what it is, the network must say.
#
# The end mark is a class like the others. It starts somewhere, too, mostly at a bar line, so the network can learn that tunes do not stop in the middle of a bar.
#
# ![A table of five columns for a tune of four notes. The row of targets: c of length 2, e of length 2, g of length 4, c of length 8, the end mark. The row of inputs, upper part, one column to the right: zeros, and then the four notes. The row of inputs, lower part: positions 0, 2, 4, 0, 0. The mask is 1 in all five columns.](figures/encode_tunes.svg)
#
# *Figure 5. A tune of two bars. Above the line, targets; below it, the two parts of the input. The position under a target is where that target starts.*

# %% [markdown]
# ### Equations of a batch of tunes
#
# Let tune $i$ have $L_i$ notes, and let note $t$ of it be entry $k(i, t)$ of the vocabulary. Entry 0 is the end mark. The targets are
#
# $$y_i^{\langle t \rangle} = e_{k(i, t)} \ \text{ for } t = 1, \dots, L_i, \qquad y_i^{\langle L_i + 1 \rangle} = e_0 \tag{9}$$
#
# The upper $n_y$ rows of the input are the targets of the step before, with zeros at the first step; the lower $\mathrm{bar}$ rows are the beat, with the end mark as one note more:
#
# $$x_i^{\langle t \rangle} = \left[y_i^{\langle t - 1 \rangle};\ \mathrm{beats}_i^{\langle t \rangle}\right] \ \text{ for } t = 1, \dots, L_i + 1, \qquad y_i^{\langle 0 \rangle} = 0 \tag{10}$$
#
# The mask is 1 for the same $t$. Everything behind the end mark is zero: targets, both parts of the input, and the mask.
#
# | symbol | code name | shape |
# | --- | --- | --- |
# | $n_y$ | | entries of the vocabulary |
# | $n_x$ | | $n_y + \mathrm{bar}$ |
# | $x$ | `x` | $(n_x, m, T_x)$ |
# | $y$ | `y` | $(n_y, m, T_x)$ |
# | $\mathrm{mask}$ | `mask` | $(m, T_x)$ |
# | $T_x$ | | notes of the longest tune, plus 1 |


# %% answer
def encode_tunes(tunes, upbeats, vocabulary, bar):
    """Turn tunes into inputs, targets and a mask, equations (9) and (10); about 17 lines.

    Arguments:
        tunes: a list of m tunes, each a list of at least one note, (pitch, length)
        upbeats: a list of m whole numbers, the eighths before each tune's first bar line
        vocabulary: a list of all notes that occur; the first one is the end mark, (0, 0)
        bar: eighths in a bar, the same for all tunes

    Returns:
        x: inputs, the note before above the beat, zeros behind the end mark, (n_x, m, T_x)
        y: targets, one-hot, zeros behind the end mark, (n_y, m, T_x)
        mask: 1.0 where there is a target and 0.0 elsewhere, (m, T_x)
    """
    ### BEGIN SOLUTION
    n_y, m = len(vocabulary), len(tunes)
    T_x = max(len(notes) for notes in tunes) + 1
    x = np.zeros((n_y + bar, m, T_x))
    y = np.zeros((n_y, m, T_x))
    mask = np.zeros((m, T_x))
    for i, notes in enumerate(tunes):
        ended = [*notes, vocabulary[0]]
        T_i = len(ended)
        for t, note in enumerate(ended):
            y[vocabulary.index(note), i, t] = 1
        x[:n_y, i, 1:T_i] = y[:, i, : T_i - 1]
        lengths = [note[1] for note in ended]
        x[n_y:, i, :T_i] = beat_position(lengths, bar, upbeats[i])
        mask[i, :T_i] = 1
    return x, y, mask
    ### END SOLUTION


# %% [markdown]
# ### Hints for encode_tunes
#
# <details>
# <summary>Hint 1: where to begin</summary>
#
# Make three arrays of zeros of the right sizes, and then fill them tune by tune. It helps to put the end mark behind the notes of a tune first: then targets, beat and mask all have one entry for each note of this longer list.
#
# </details>
#
# <details>
# <summary>Hint 2: nearly there</summary>
#
# For each tune: write the targets with `vocabulary.index(...)`. Copy them into the upper rows of the input, one step later, and without the last of them. Take the lengths of all notes, end mark included, and let `beat_position` make the lower rows, with the upbeat of this tune. A slice of axis 2 that ends where this tune ends leaves the zeros behind it alone.
#
# </details>

# %% example
vocabulary = [(0, 0), (60, 2), (64, 2), (67, 4), (60, 8), (0, 2)]
few = [
    [(67, 4), (0, 2), (64, 2), (60, 2), (60, 8)],
    [(60, 2), (64, 2), (67, 4), (60, 8)],
    [(64, 2), (67, 4)],
]
x, y, mask = encode_tunes(few, [2, 0, 6], vocabulary, 8)
print("shapes:", x.shape, y.shape, mask.shape)
for i in range(3):
    steps = int(mask[i].sum())
    print("targets", y[:, i, :steps].argmax(axis=0), " before", x[:6, i, 1:steps].argmax(axis=0))
    print("   beat", x[6:, i, :steps].argmax(axis=0), " mask", mask[i].astype(int))

# %% check
check("encode_tunes", encode_tunes)

# %% [markdown]
# ### What you should see from encode_tunes
#
# <!-- expected: example_encode_tunes -->
#
# ### What it means
#
# The second tune is that of Figure 5. Its last note fills a whole bar, and the end mark starts at 0, at a bar line. The first has an upbeat of two eighths, so its first note stands at 6 and lasts past the bar line, to the 2 of the next bar.
#
# One more thing to notice: the beat at a step belongs to the target of that step, and the note above it is the one before. Both are known when the question is asked.

# %% [markdown]
# ## 6 · temper: bolder or more careful
#
# A network gives *scores*, and the softmax makes probabilities of them. Before that, the scores can be divided by a *temperature*. Below 1 the differences between scores grow, and what is likely becomes likelier: the network plays safe. Above 1 they shrink, and it dares more.
#
# In the second assignment probabilities were raised to a power, which comes to the same. Here you have the scores at hand, and write the whole way from them, softmax included.
#
# A softmax has a trap. The exponential of 1,000 is infinity, as far as a computer is concerned, and infinity divided by infinity is no number. The remedy is to subtract the largest score of each column first. That changes nothing about the probabilities, and no exponent is above 0 any more.
#
# ![Three groups of four bars, the probabilities of the same four scores at the temperatures 0.5, 1 and 2. At 0.5 the first bar is high and the others are low, at 2 all four are nearly alike.](figures/temper.svg)
#
# *Figure 6. The same scores at three temperatures. Which note is the likeliest never changes; how much likelier it is does.*

# %% [markdown]
# ### Equation of the tempered softmax
#
# For a column of scores $z$ and a temperature $\tau$:
#
# $$p_k = \frac{e^{z_k / \tau}}{\sum_j e^{z_j / \tau}} \tag{11}$$
#
# | symbol | code name | shape |
# | --- | --- | --- |
# | $z$ | `scores` | $(n_y, m)$; any size, 1,000 included |
# | $\tau$ | `temperature` | one number above 0 |
# | $p$ | `p` | $(n_y, m)$, each column sums to one |


# %% answer
def temper(scores, temperature):
    """Turn scores into probabilities at a temperature, equation (11); about 4 lines.

    Arguments:
        scores: one column for each example, of any size, (n_y, m)
        temperature: one number above 0; 1 leaves the softmax as it is

    Returns:
        p: probabilities, each column sums to one, (n_y, m)
    """
    ### BEGIN SOLUTION
    z = scores / temperature
    weights = np.exp(z - np.max(z, axis=0))
    p = weights / np.sum(weights, axis=0)
    return p
    ### END SOLUTION


# %% [markdown]
# ### Hints for temper
#
# <details>
# <summary>Hint 1: where to begin</summary>
#
# What comes first: dividing by the temperature, or the exponential? If the temperature acted on probabilities, as a factor, it would act on all of them alike, and nothing would be left of it after they were divided by their sum.
#
# </details>
#
# <details>
# <summary>Hint 2: nearly there</summary>
#
# Divide the scores, take away the largest of each column, take the exponential, and divide by the sum of each column. Both the largest and the sum are taken along axis 0, where the classes lie, and NumPy lets a row of $m$ numbers act on all $n_y$ rows by itself.
#
# </details>

# %% example
scores = np.array(
    [[2.0, 1.0, 0.5, -1.0], [-1000.0, -1001.0, -1002.5, -1000.5], [-700, 899, 898, 900]]
).T
for temperature in (0.5, 1.0, 2.0):
    p = temper(scores, temperature)
    print(f"temperature {temperature}:", p[:, 0].round(4), p[:, 1].round(4))
print("sums:", temper(scores, 0.7).sum(axis=0).round(6))

# %% check
check("temper", temper)

# %% [markdown]
# ### What you should see from temper
#
# <!-- expected: example_temper -->
#
# ### What it means
#
# The scores of the second column lie around −1,000, those of the third around 900, and yet both have sensible probabilities: only the *differences* of scores matter. Had you taken one largest score for the whole array, all exponentials of the second column would have been 0.

# %% [markdown]
# ## 7 · keep_likeliest: leaving out the tail
#
# With sixty or seventy notes to choose from, most are wrong at any given place. Each of these has a tiny probability, and together they have a good deal. Draw forty notes, and a few will come from there: sour ones.
#
# A temperature cannot help without making everything tame. Another way is to draw only from the *nucleus*: the likeliest notes, taken one after the other until together they have a certain share of the probability, say 0.9. Where the network is sure, that is one note or two. Where many things are possible, it is many.
#
# The note with which the share is reached belongs to the nucleus. So there is always at least one.
#
# ![Six bars of falling probability, 0.4, 0.25, 0.15, 0.1, 0.06 and 0.04, with their running sums above them. A line at the share 0.75 is crossed by the third bar. The first three bars are full, the other three are empty.](figures/keep_likeliest.svg)
#
# *Figure 7. The nucleus of a share of 0.75. The third note crosses the line and is kept; the three that are kept are then divided by their sum, 0.8.*

# %% [markdown]
# ### Equations of the nucleus
#
# Sort the classes of a column by their probabilities, the likeliest first; of equal ones, the one with the smaller row comes first. Let $B_k$ be the sum of the probabilities of all that come *before* class $k$ in this order. With a share $s$, the nucleus is
#
# $$\mathcal{K} = \left\{k : B_k < s\right\} \tag{12}$$
#
# and what is left is divided by its sum, so that it is probabilities again:
#
# $$q_k = \frac{p_k}{\sum_{j \in \mathcal{K}} p_j} \ \text{ for } k \in \mathcal{K}, \qquad q_k = 0 \ \text{ for all others} \tag{13}$$
#
# | symbol | code name | shape |
# | --- | --- | --- |
# | $p$ | `p` | $(n_y, m)$ |
# | $s$ | `share` | one number above 0; 1 keeps everything |
# | $q$ | `q` | $(n_y, m)$, each column sums to one |
#
# The equations are those of one column. Each column of a batch has a nucleus of its own.


# %% answer
def keep_likeliest(p, share):
    """Keep the likeliest classes up to a share, equations (12) and (13); about 10 lines.

    Arguments:
        p: probabilities, each column sums to one, (n_y, m)
        share: one number above 0, at most 1

    Returns:
        q: probabilities of the nucleus, zeros outside of it, (n_y, m)
    """
    ### BEGIN SOLUTION
    q = np.zeros(p.shape)
    for i in range(p.shape[1]):
        order = np.argsort(-p[:, i], kind="stable")
        before = 0.0
        for k in order:
            if before < share:
                q[k, i] = p[k, i]
            before += p[k, i]
    return q / np.sum(q, axis=0)
    ### END SOLUTION


# %% [markdown]
# ### Hints for keep_likeliest
#
# <details>
# <summary>Hint 1: where to begin</summary>
#
# Take one column. In which order do you want to visit its rows? `np.argsort` sorts upwards; what could you sort, so that the likeliest comes first? With `kind="stable"`, equal ones stay in the order of their rows.
#
# </details>
#
# <details>
# <summary>Hint 2: nearly there</summary>
#
# Visit the rows in the order of `np.argsort` of minus the column, and carry along the sum of what came before. As long as that sum is below the share, the row is copied into an array of zeros. The sum grows *after* the question was asked, so the row that crosses the share is copied, too. At the end, divide each column by its sum.
#
# </details>

# %% example
p = np.array(
    [
        [0.1, 0.4, 0.04, 0.25, 0.06, 0.15],
        [0.05, 0.05, 0.8, 0.04, 0.03, 0.03],
        [0.18, 0.1, 0.2, 0.14, 0.22, 0.16],
    ]
).T
for share in (0.75, 0.3, 1.0):
    q = keep_likeliest(p, share)
    print(f"share {share}:", *(column.round(3) for column in q.T))

# %% check
check("keep_likeliest", keep_likeliest)

# %% [markdown]
# ### What you should see from keep_likeliest
#
# <!-- expected: example_keep_likeliest -->
#
# ### What it means
#
# All three columns are asked for the same share. In the first, which is that of Figure 7, three notes are needed to reach 0.75. In the second the network is sure of one note, which has 0.8 by itself, so nothing else is kept; in the third it is torn, and four stay. A rule such as "the best three" would be wrong in two of the three.

# %% [markdown]
# ## 8 · dropout: not by heart
#
# Two dozen tunes are few, and a network of forty thousand weights can store them. *Dropout* makes that harder. In training, some units of the hidden state are set to 0, others each time, and the output has to do without them. No single unit can be the one that knows "Jingle Bells".
#
# Two things are easily got wrong. What is left must be made larger, so that the sum over all units stays as large as it was *on average*; otherwise the output layer meets one world in training and another one afterwards. And it is for training only: when the network is tested or composes, all units take part, unscaled.
#
# Here a unit that is dropped stays away for the whole tune. A tune is one long thought, and a unit that flickers from note to note could still be relied on.
#
# ![A grid of hidden states, four units by six time steps. The second unit's whole row is crossed out, zero at all steps. The other three rows are multiplied by one divided by one minus the rate.](figures/dropout.svg)
#
# *Figure 8. Of four units, one is dropped, at all time steps of a tune. The others are multiplied by 4/3, so that the sum stays about the same.*

# %% [markdown]
# ### Equations of dropout
#
# For each unit $j$ and each tune $i$ there is a uniform number $u_{j, i}$. With a rate $\rho$, the share of units to be dropped,
#
# $$\mathrm{factor}_{j, i} = \frac{1}{1 - \rho} \ \text{ if } u_{j, i} \ge \rho, \qquad \mathrm{factor}_{j, i} = 0 \ \text{ if not} \tag{14}$$
#
# and all steps of a tune share it:
#
# $$\mathrm{dropped}_{j, i}^{\langle t \rangle} = \mathrm{factor}_{j, i}\; a_{j, i}^{\langle t \rangle} \tag{15}$$
#
# When the network is not in training, the factor is 1 everywhere.
#
# | symbol | code name | shape |
# | --- | --- | --- |
# | $a$ | `a` | $(n_a, m, T_x)$ |
# | $u$ | `u` | $(n_a, m)$, each at least 0 and below 1 |
# | $\rho$ | `rate` | one number, at least 0 and below 1 |
# | $\mathrm{factor}$ | `factor` | $(n_a, m)$ |
# | $\mathrm{dropped}$ | `dropped` | $(n_a, m, T_x)$ |
#
# On the way back, gradients are multiplied by the same factor. That is why it is returned.
#
# ### Three units by hand
#
# Let the rate be 0.25, and the throws 0.1, 0.25 and 0.8. The first unit is dropped, since 0.1 is below 0.25. The others are kept and multiplied by $1 / 0.75$, which is 1.333: a state of 0.6 becomes 0.8.


# %% answer
def dropout(a, u, rate, training):
    """Drop units for whole tunes, equations (14) and (15); about 5 lines.

    Arguments:
        a: hidden state after every time step, (n_a, m, T_x)
        u: a uniform number for each unit and tune, 0 <= u < 1, (n_a, m)
        rate: the share of units that is dropped, at least 0 and below 1
        training: True in training; False when the network is tested or composes

    Returns:
        dropped: the hidden states with some of them zero, (n_a, m, T_x)
        factor: what each unit of each tune was multiplied by, (n_a, m)
    """
    ### BEGIN SOLUTION
    factor = np.ones(u.shape)
    if training:
        factor = (u >= rate) / (1 - rate)
    dropped = a * factor[:, :, np.newaxis]
    return dropped, factor
    ### END SOLUTION


# %% [markdown]
# ### Hints for dropout
#
# <details>
# <summary>Hint 1: where to begin</summary>
#
# Make the factor first. Comparing an array with a number gives truth values, which count as 1 and 0 in arithmetic. Which of them are the units that stay?
#
# </details>
#
# <details>
# <summary>Hint 2: nearly there</summary>
#
# In training, divide the truth values of "stays" by one minus the rate; otherwise take ones. The factor has no time axis, and the states have one, as their last. `np.newaxis` at the end of an index adds an axis of length 1, which NumPy stretches over all steps.
#
# </details>

# %% example
rng = np.random.default_rng(8)
a, u = rng.standard_normal((4, 2, 3)), np.array([[0.9, 0.1], [0.2, 0.5], [0.3, 0.7], [0.6, 0.29]])
dropped, factor = dropout(a, u, 0.3, True)
print("factor of the first tune: ", factor[:, 0].round(4))
print("factor of the second tune:", factor[:, 1].round(4))
print("dropped[0, 0] =", dropped[0, 0].round(5), " dropped[1, 0] =", dropped[1, 0])
print("not in training:", dropout(a, u, 0.3, False)[1][:, 0])

# %% check
check("dropout", dropout)

# %% [markdown]
# ### What you should see from dropout
#
# <!-- expected: example_dropout -->
#
# ### What it means
#
# The throw of 0.3 is not below the rate, so its unit stays. In every batch of training other units are dropped, so the output layer learns from many thinned-out networks at once, and in the end uses them all together.

# %% [markdown]
# ## 9 · compose: the network writes a tune
#
# Now everything comes together. At each step the network gets the note that it has written last, and where in the bar the next one will start. It gives scores; they are tempered, thinned out to their nucleus, and a note is drawn. Then the place in the bar moves on by the length of *that note*.
#
# So three things travel from step to step: the last note, the state, and the place in the bar. Forget the last of them and the network believes that every note stands on the "one".
#
# Dropout has no part in this. It belongs to training.
#
# ![Three steps of composing in a row. Each box step gets the state from the left, and from below two inputs, the note before and the position in the bar. Its scores go through temper and keep_likeliest, and a note is drawn with u. The note leads to the next input, and its length is added to the position: 0, 2, 4.](figures/compose.svg)
#
# *Figure 9. Composing. The drawn note is read at the next step, and its length moves the position on.*

# %% [markdown]
# ### Equations of composing
#
# Let $s$ be the state, $g$ the position in the bar, $u^{\langle t \rangle}$ the uniform number of step $t$, and $k^{\langle t \rangle}$ the class that is drawn there. The input is the note before, above the beat, as in training:
#
# $$x^{\langle 1 \rangle} = \left[0;\ e_0\right], \qquad x^{\langle t + 1 \rangle} = \left[e_{k^{\langle t \rangle}};\ e_{g^{\langle t + 1 \rangle}}\right] \tag{16}$$
#
# $$\left(z^{\langle t \rangle},\ s^{\langle t \rangle}\right) = \mathrm{step}\left(x^{\langle t \rangle},\ s^{\langle t-1 \rangle}\right) \tag{17}$$
#
# $$q^{\langle t \rangle} = \mathrm{nucleus}\left(\mathrm{tempered}\left(z^{\langle t \rangle}\right)\right), \qquad k^{\langle t \rangle} = \mathrm{draw}\left(q^{\langle t \rangle},\ u^{\langle t \rangle}\right) \tag{18}$$
#
# If $k$ is 0, the tune is finished. If not, that note belongs to it, and the position moves on by its length $l$:
#
# $$g^{\langle 1 \rangle} = 0, \qquad g^{\langle t + 1 \rangle} = \left(g^{\langle t \rangle} + l^{\langle t \rangle}\right) \ \mathrm{mod}\  \mathrm{bar} \tag{19}$$
#
# | symbol | code name | shape |
# | --- | --- | --- |
# | $x^{\langle t \rangle}$ | `xt` | $(n_y + \mathrm{bar}, 1)$: a batch of one tune |
# | $z^{\langle t \rangle}$ | `scores` | $(n_y, 1)$ |
# | $q^{\langle t \rangle}$ | `q` | $(n_y, 1)$ |
# | $s^{\langle t \rangle}$ | `state` | what `step` returns and takes |
# | $g^{\langle t \rangle}$ | `position` | a whole number from 0 to $\mathrm{bar} - 1$ |
#
# These functions are given. `new_state(parameters)` is the memory before the first step. `step(xt, state, parameters)` returns the scores $(n_y, 1)$ and the new state. `drawn(q, u)` draws a class from a column of probabilities. `one_hot([k], n)` is the column $e_k$ of $n$ rows.


# %% answer
def compose(parameters, vocabulary, bar, uniforms, temperature, share):
    """Let a network write a tune, equations (16) to (19); about 17 lines.

    Arguments:
        parameters: those of the network
        vocabulary: a list of notes, (pitch, length); the first one is the end mark
        bar: eighths in a bar
        uniforms: a uniform number for each step, as many as the tune may have notes
        temperature: one number above 0
        share: of the nucleus, above 0 and at most 1

    Returns:
        notes: what was written, a list of (pitch, length), without the end mark
        beats: where in its bar each of them starts, a list of whole numbers
    """
    ### BEGIN SOLUTION
    notes, beats = [], []
    n_y, position = len(vocabulary), 0
    before = np.zeros((n_y, 1))
    state = new_state(parameters)
    for u in uniforms:
        beat = one_hot([position], bar)
        xt = np.concatenate([before, beat], axis=0)
        scores, state = step(xt, state, parameters)
        q = keep_likeliest(temper(scores, temperature), share)
        k = drawn(q, u)
        if k == 0:
            break
        notes.append(vocabulary[k])
        beats.append(position)
        before = one_hot([k], n_y)
        position = (position + vocabulary[k][1]) % bar
    return notes, beats
    ### END SOLUTION


# %% [markdown]
# ### Hints for compose
#
# <details>
# <summary>Hint 1: where to begin</summary>
#
# Before the loop, five things need a first value: two empty lists, the note before, the state and the position. Each turn uses one uniform number. In Figure 9, follow the three lines that lead from one step to the next; each of them is a variable that is overwritten in every turn.
#
# </details>
#
# <details>
# <summary>Hint 2: nearly there</summary>
#
# Each turn makes the one-hot column of the position, puts the note before above it, and calls `step`, keeping *both* of its results. The scores go through `temper` and then through `keep_likeliest`; `drawn` gives a class. If it is 0, leave the loop. If not, note and position are added to their lists, the note's column is what the next turn reads, and the position moves on by the second number of the note, the length, modulo the bar.
#
# </details>

# %% example
vocabulary = [(0, 0), (60, 2), (62, 1), (64, 2), (65, 1), (67, 3), (72, 4)]
rng = np.random.default_rng(2573)
parameters = new_network("LSTM", 7 + 8, 5, 7, rng, size=5.0)
uniforms = rng.random(9)
for temperature, share in ((0.7, 0.8), (0.7, 0.3), (1.5, 1.0)):
    notes, beats = compose(parameters, vocabulary, 8, uniforms, temperature, share)
    print(*notes)
    print("   at", beats)

# %% check
check("compose", compose)

# %% [markdown]
# ### What you should see from compose
#
# <!-- expected: example_compose -->
#
# ### What it means
#
# This network has not been trained, and writes like it. The positions tell the truth all the same: each is the one before plus a length, modulo 8. Whatever the network draws, the result is a tune that can be played, since every entry of the vocabulary is a note and nothing else can be drawn. Whether one would want to hear it is another matter, and the next one.

# %% [markdown]
# ## What you have built
#
# Nine functions: an instrument, a way from tunes to arrays, and a composer. Use them now. The cells of this section are complete: you only run them. They need your nine functions and earn no points. Their code is folded away, so that you can read on; a click on the three dots opens it.
#
# First the instrument. The next cell renders the beginning of a tune that you may know, at 8,000 samples a second, and shows it on five lines as well. Press the play button, softly at first.

# %% lesson first_sound
from tune_shown import five_lines, listen, piano_roll

RATE = 8000  # samples in a second, as on the telephone

ode = next(tune for tune in in_four if tune.name == "Ode to Joy")
try:
    listen(render_tune(ode.notes[:15], 132, RATE, PLUCKED), RATE)
    five_lines(ode.notes[:15], ode.bar, "Ode to Joy, the first four bars")
except NotImplementedError:
    print("Fill the nine exercises first, then run this cell again.")

# %% [markdown]
# If a tone begins with a click, the envelope is to blame; if it sounds a little out of tune, look at the times. `PLUCKED` in the set-up is the instrument: with other strengths, and a decay of 0, it becomes an organ.
#
# ### Tunes to learn from, and tunes that are put aside
#
# The network learns the tunes in bars of four quarters. Four of them are put aside, as you did with names: a network that has learned something about *tunes*, and not only *these* tunes, should find those less surprising than somebody who knows nothing.

# %% lesson aside
BAR = 8
aside = in_four[3::7]
known = [tune for tune in in_four if tune not in aside]
VOCABULARY = [(0, 0), *sorted({note for tune in in_four for note in tune.notes})]

print(f"{len(known)} tunes to learn from; put aside:", *(tune.name for tune in aside), sep="\n  ")
print(f"There are {len(VOCABULARY) - 1} different notes, and the end mark.")

# %% [markdown]
# ### One step of learning
#
# The next cell goes forward and back once: tunes, batch, network, dropout, loss, and every gradient. On the way back the gradients meet the factors of your `dropout` again. After it comes the ritual of the course. Never train before you have compared your gradients with central differences.


# %% lesson whole_way
from tune_network import adam_step, backward, clipped, forward, no_steps, read_out


def loss_and_gradients(batch, parameters, u=None, rate=0.3):
    """Go forward and back once; with throws ``u`` in training, without them in a test."""
    x, y, mask = batch
    a, caches = forward(x, parameters)
    throws = np.zeros(a.shape[:2]) if u is None else u
    dropped, factor = dropout(a, throws, rate, u is not None)
    loss, da, gradients = read_out(dropped, y, mask, parameters)
    return loss, {**gradients, **backward(da * factor[:, :, np.newaxis], caches)}


# %% lesson ritual
from rnn_utils import numeric_gradient, relative_error


def loss_with(name, value, batch, parameters, u):
    """Return the loss of a batch where one parameter has another value."""
    return loss_and_gradients(batch, {**parameters, name: value}, u)[0]


try:
    rng = np.random.default_rng(1)
    words = [(0, 0), (60, 2), (64, 2), (67, 4)]
    batch = encode_tunes([words[1:], words[:0:-1] * 2], [0, 2], words, 4)
    small, u = new_network("LSTM", 8, 3, 4, rng), rng.random((3, 2))
    _, gradients = loss_and_gradients(batch, small, u)
    for name, value in small.items():
        measured = numeric_gradient(lambda v, name=name: loss_with(name, v, batch, small, u), value)
        close = relative_error(gradients[name], measured) < 1e-6
        print(f"{name:>4}: {'agrees with the differences' if close else 'DOES NOT AGREE'}")
except NotImplementedError:
    print("Fill the nine exercises first, then run this cell again.")

# %% [markdown]
# All five agree, with units dropped.
#
# ### Training three networks
#
# A training run keeps everything in one dictionary, so it can be stopped at any time and go on later. Press the stop button while a training cell runs, look around, and run the cell again.
#
# Every 25 steps the run looks at the tunes that were put aside, and if they surprise it less than ever before, it keeps a copy of the network. Stopping at the right step is that simple: go on, and take the best one afterwards.


# %% lesson new_run
def new_run(kind="LSTM", beat=True, rate=0.3, seed=1):
    """Put together what a training run needs to begin, and what it needs to go on."""
    rng, n_y = np.random.default_rng(seed), len(VOCABULARY)
    parameters = new_network(kind, n_y + BAR, 64, n_y, rng)
    if not beat:
        parameters["Wx"][:, n_y:] = 0  # and its inputs are zero as well, so it stays 0
    run = {"beat": beat, "rate": rate, "rng": rng, "losses": [], "curve": {}}
    return run | {"parameters": parameters, "state": no_steps(parameters), "best": parameters}


def batch_of(tunes, run):
    """Encode tunes; for a run without the beat, leave it out."""
    notes, upbeats = [tune.notes for tune in tunes], [tune.upbeat for tune in tunes]
    x, y, mask = encode_tunes(notes, upbeats, VOCABULARY, BAR)
    if not run["beat"]:
        x[len(VOCABULARY) :] = 0
    return x, y, mask


# %% lesson look
def look(run):
    """Note every 25 steps how surprised the network is by unseen tunes, and keep the best one."""
    done = len(run["losses"])
    if done % 25 or done in run["curve"]:
        return
    perplexity = float(np.exp(loss_and_gradients(batch_of(aside, run), run["parameters"])[0]))
    if perplexity < min(run["curve"].values(), default=np.inf):
        run["best"] = run["parameters"]
    run["curve"][done] = perplexity
    if done % 100 == 0:
        print(f"  step {done:>3}: hesitates between about {perplexity:.0f} notes of unseen tunes")


# %% lesson train
def train(run, until=300):
    """Train up to a step and say whether it was reached; call again to go on."""
    try:
        while len(run["losses"]) < until:
            look(run)
            chosen = run["rng"].permutation(len(known))[:8]
            u = run["rng"].random((run["parameters"]["Wa"].shape[1], 8))
            batch = batch_of([known[i] for i in chosen], run)
            loss, gradients = loss_and_gradients(batch, run["parameters"], u, run["rate"])
            run["parameters"], run["state"] = adam_step(
                run["parameters"], clipped(gradients, 1.0), run["state"], 0.005
            )
            run["losses"].append(loss)
        look(run)
    except KeyboardInterrupt:
        print(f"Stopped after {len(run['losses'])} steps. Run the cell again, and it goes on.")
    return len(run["losses"]) >= until


# %% lesson begin
runs = {
    "told the beat": new_run(),
    "told the beat, no dropout": new_run(rate=0.0),
    "not told the beat": new_run(beat=False),
}

# %% [markdown]
# The three runs are three LSTMs of 64 hidden numbers that begin with the same weights and see the same tunes in the same order. One is told the beat and one is not; the third is told, and does without dropout. Together they take from a few seconds to half a minute.

# %% lesson training
try:
    for name, run in runs.items():
        print(name)
        if not train(run):
            break
except NotImplementedError:
    print("Fill the nine exercises first, then run this cell again.")

# %% lesson curves
try:
    import matplotlib.pyplot as plt
except ModuleNotFoundError:
    plt = None
    print("No matplotlib here, so no plots: what is printed has the same numbers.")


def show_curves(runs):
    """Draw how surprised each network is by unseen tunes, and one by those that it learns."""
    _, axes = plt.subplots(figsize=(8, 4.5))
    for (name, run), style in zip(runs.items(), ["-", "--", ":"], strict=True):
        steps, values = [*run["curve"]], [*run["curve"].values()]
        axes.semilogy(steps, values, style, linewidth=2.5, label=f"unseen tunes, {name}")
        best = int(np.argmin(values))
        axes.plot(steps[best], values[best], "o", color=axes.lines[-1].get_color())
    own = np.exp(np.convolve(runs["told the beat"]["losses"], np.ones(20) / 20, "valid"))
    axes.semilogy(np.arange(len(own)) + 20, own, "-.", color="gray", label="the tunes it learns")
    axes.yaxis.set_major_formatter(plt.LogFormatter())
    axes.yaxis.set_minor_formatter(plt.LogFormatter(minor_thresholds=(2, 1)))
    axes.set(xlabel="training step", ylabel="perplexity", title="Learning tunes")
    axes.legend()
    plt.show()


# %% lesson curves_shown
for name, run in runs.items():
    if len(run["losses"]) >= 300:
        best = min(run["curve"], key=run["curve"].get)
        print(f"{name}: lowest at step {best}, about {run['curve'][best]:.0f};", end=" ")
        print(f"at step 300 about {run['curve'][300]:.0f}")
if plt and all(len(run["losses"]) >= 300 for run in runs.values()):
    show_curves(runs)

# %% [markdown]
# The gray curve falls and falls: the network learns its own tunes by heart. The curves of unseen tunes fall for a while, and then rise again. What you keep is the network at the dot.
#
# Dropout moves the dot down a little, and makes the rise gentler. Over five runs, each with weights of its own, the dot lay between 14.2 and 15.8 with dropout, and between 14.4 and 16.9 without; at step 300 the curve had risen to between 20 and 28 with it, and between 21 and 36 without. It does not make two dozen tunes into two hundred.
#
# ### Two ways to write
#
# Now let both write: the network that is told the beat, and the one that is not. Each gets the same throws. Bar lines are drawn every eight eighths, where they ought to be.


# %% lesson write
def write(run, temperature=1.0, share=1.0, count=40, seed=5):
    """Let the best network of a run write tunes of at most 100 notes, always with the same throws."""
    rng = np.random.default_rng(seed)
    throws = [rng.random(100) for _ in range(count)]
    made = [compose(run["best"], VOCABULARY, BAR, u, temperature, share)[0] for u in throws]
    return [notes for notes in made if len(notes) > 1]


def fit_to_show(tunes):
    """Choose the first tune of six to twelve bars."""
    able = [notes for notes in tunes if 6 * BAR <= sum(n for _, n in notes) <= 12 * BAR]
    return [*able, *tunes][0]


mine, told, untold = {}, runs["told the beat"], runs["not told the beat"]
try:
    if all(run["losses"] for run in runs.values()):
        for name, run in {"told the beat": told, "not told the beat": untold}.items():
            mine[f"{name}, temperature 0.8"] = fit_to_show(write(run, 0.8))
        piano_roll(mine, BAR)
except NotImplementedError:
    print("Fill the nine exercises first, then run this cell again.")

# %% [markdown]
# Look at the bar lines. In the upper picture notes begin at most of them, and phrases end before one. In the lower one you will mostly find notes that lie across lines as if there were none, and stretches that are in time with themselves and not with the bar.
#
# And this is how the first one sounds. It is yours: nobody has heard it before.

# %% lesson hear
if mine:
    tune = next(iter(mine.values()))
    listen(render_tune(tune, 132, RATE, PLUCKED), RATE)
    five_lines(tune, BAR, "A tune by your network")

# %% [markdown]
# ### Measuring music
#
# One tune proves nothing. So let each network write forty, and count four things:
#
# - **bar lines kept**: at which share of the bar lines a note begins;
# - **ends at home**: which share of the tunes ends on c or on a, as nearly all tunes here do;
# - **mean leap**: by how many semitones one note differs from the next;
# - **longest copy**: how many notes in a row stand just so in one of the tunes that it learned from; half of the forty tunes have a longer one, half a shorter one.


# %% lesson score
def longest_copy(notes):
    """Count the longest run of notes that stands just so in a tune to learn from."""
    longest = 0
    for tune in known:
        before = np.zeros(len(tune.notes) + 1, int)
        for note in notes:
            same = [n == note for n in tune.notes]
            before = np.concatenate([[0], (before[:-1] + 1) * same])
            longest = max(longest, int(before.max()))
    return longest


def score(tunes, upbeats):
    """Measure tunes: bar lines kept, ends at home, mean leap, median of the longest copies."""
    kept, leaps = [], []
    for notes, upbeat in zip(tunes, upbeats, strict=True):
        starts = np.cumsum([0, *(length for _, length in notes)]) - upbeat
        kept += [line in starts for line in range(BAR, starts[-1] + 1, BAR)]
        heard = [key for key, _ in notes if key]
        leaps += np.abs(np.diff(heard)).tolist()
    last = [[key for key, _ in notes if key][-1:] for notes in tunes]
    home = [bool(key) and key[0] % 12 in (0, 9) for key in last]
    copies = np.median([longest_copy(notes) for notes in tunes])
    return np.mean(kept), np.mean(home), np.mean(leaps), copies


# %% lesson table
def row(name, tunes, upbeats=None, copies=True):
    """Print one row of the table."""
    kept, home, leap, copy = score(tunes, [0] * len(tunes) if upbeats is None else upbeats)
    told = f"{copy:>8.0f} notes" if copies else f"{'':>14}"
    print(f"{name:<36}{kept:>9.2f}{home:>12.2f}{leap:>12.1f}{told}")


if mine:
    print(f"{'':<36}bar lines     at home   mean leap  longest copy")
    row("the tunes to learn from", [t.notes for t in known], [t.upbeat for t in known], False)
    for temperature in (0.5, 0.8, 1.0, 1.3):
        row(f"told the beat, temperature {temperature}", write(told, temperature))
    row("told the beat, nucleus of 0.8", write(told, 1.0, 0.8))
    for temperature in (0.5, 0.8, 1.0, 1.3):
        row(f"not told the beat, temperature {temperature}", write(untold, temperature))

# %% [markdown]
# Read the first column. Told the beat, the network keeps nearly all bar lines when it is cold, and fewer the warmer it writes. Over five runs with weights of their own it kept 93 to 98 of a hundred at a temperature of 0.5, 85 to 93 at 0.8, 73 to 82 at 1.0 and 64 to 70 at 1.3. Not told, it keeps 42 to 49 of a hundred at a temperature of 1: about as many as if its notes began anywhere. Both had the same information, since the beat follows from the lengths; but to have information and to be able to use it are two things.
#
# The nucleus keeps time nearly as well as a temperature of 0.5, and leaps more like the data. In the same five runs it kept 91 to 95 of a hundred bar lines. Copies are short everywhere: the network puts together what it has learned, and does not recite.
#
# No column says whether a tune is *good*. Listen to some. Cold ones are neat and dull, warm ones have ideas and lose them. What you will hardly hear is a tune that comes back to its first phrase, as many in the file do.

# %% lesson more_sound
if mine:
    for name, tune in {
        "nucleus of 0.8": fit_to_show(write(told, 1.0, 0.8, seed=6)),
        "temperature 1.3": fit_to_show(write(told, 1.3, seed=6)),
    }.items():
        print(name)
        listen(render_tune(tune[:30], 132, RATE, PLUCKED), RATE)

# %% [markdown]
# ## A question to answer in words
#
# Answer in about ten lines:
#
# 1. What is the beat worth, in numbers from your table? Everything that it says can be computed from the lengths of the notes before. Why does the network without it not simply compute it? (2 points)
# 2. Describe the two curves of the network that is told the beat, that of its own tunes and that of the unseen ones. At which step would you stop? Four tunes were put aside; what does that mean for how far you trust the dot, and for comparing an LSTM with an RNN? (2 points)
# 3. Four notes have the probabilities 0.5, 0.3, 0.15 and 0.05. What does a temperature of 0.5 make of them, and what a nucleus with a share of 0.75? Which of the two can still play the last one? (1 point)

# %% written listening 5
# **1.** At a temperature of 1 about three quarters of the bar lines are kept with the beat, and between four and five in ten without it, which is little more than chance. (1 point for numbers from the table.) To know the beat, the network would have to add up lengths modulo 8 over the whole tune: an exact counter with eight states, without one slip, since an error moves all later bar lines. Nothing in the loss asks for such a counter directly; a wrong bar makes single notes only a little less likely, two dozen tunes are few examples of it, and the same units have to remember the melody as well. (1 point for the counter, or for why it is hard to learn.)
#
# **2.** On its own tunes the perplexity falls all the time; on unseen ones it falls for 100 to 200 steps and rises afterwards, since the network goes on to learn its tunes by heart. I would keep the network at the lowest point of the unseen curve. (1 point for both curves with the lowest point.) Four tunes are a small sample: with four others, or another seed, the dot lies elsewhere, and it was also chosen by those four, so its height is a little too good. Differences of a note or two between networks mean little; to compare an LSTM with an RNN one would want several seeds and other tunes put aside each time, and a third set for the final number. (1 point for the small sample.)
#
# **3.** A temperature of 0.5 squares them: 0.25, 0.09, 0.0225, 0.0025, and divided by their sum 0.365 they are 0.685, 0.247, 0.062 and 0.007. The nucleus keeps the first two, since 0.5 is below 0.75 and 0.8 is not: 0.625, 0.375, 0 and 0. Only the temperature can still play the last note, about once in 150 draws. (1 point.)

# %% [markdown]
# ## From here to a library
#
# What you have written is in libraries, under other names.
#
# | here | elsewhere |
# | --- | --- |
# | the number of a key | MIDI note number; files in the form MIDI hold numbers, times and loudness, and no sound |
# | `make_tone`, `render_tune` | additive synthesis; a synthesizer plays MIDI with it, or with recorded tones |
# | samples between −1 and 1 | Python's `wave` writes them to a file, as whole numbers of 16 bits |
# | `temper` | `temperature=` of programs that generate text |
# | `keep_likeliest` | `top_p=` of the same programs; `top_k=` keeps a fixed number |
# | `dropout` with one factor for a whole tune | in Keras, `noise_shape=` of `Dropout` with a 1 for time; in PyTorch, `nn.Dropout` draws anew at every step, and `model.eval()` turns it off |
# | `tune_reader.py`, `abc_reader.py` | `music21`, which reads ABC, MIDI and MusicXML |
#
# ## If you want to go on
#
# Five things to try, without points. Open new cells at the end for them.
#
# 1. **Does a plain RNN make worse music?** Train `new_run("RNN")`, look at its curve and its row in the table, and listen. Do it with three seeds before you believe anything.
# 2. **Your own tunes.** Write some as in `tunes.txt`, or take a file in ABC notation; `read_tunes` reads both. What does the network do with a style of its own?
# 3. **Three in a bar.** Seven of the tunes have bars of six eighths. What has to change so that one network learns both, and knows which one it is playing?
# 4. **An instrument.** Invent one. Which strengths make it sound hollow, and which bright?
# 5. **Going on.** Give the network the first four bars of a tune that it does not know, and let it continue. What has to happen to state and position before the first draw?

# %% [markdown]
# ## Three things to remember
#
# 1. **Tell a network what it would have to count.** What is easy to compute and hard to learn belongs in the input.
# 2. **Keep the network of the right step.** What it is trained on cannot tell you which that is; tunes that were put aside can, roughly.
# 3. **Writing has dials of its own.** Temperature and nucleus change what is written, and nothing about what was learned.
#
# ### Further reading
#
# - Max Mathews, "The Digital Computer as a Musical Instrument", *Science* 142 (1963): samples, partials and envelopes, when they were new.
# - Douglas Eck and Jürgen Schmidhuber, "A First Look at Music Composition Using LSTM Recurrent Neural Networks", *IDSIA Technical Report* 07-02 (2002), section 3: an LSTM that keeps to bars.
# - Bob Sturm, João Felipe Santos, Oded Ben-Tal and Iryna Korshunova, "Music Transcription Modelling and Composition Using Deep Learning", *Conference on Computer Simulation of Musical Creativity* (2016), section 3: thousands of folk tunes in ABC.
# - Nitish Srivastava and others, "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", *Journal of Machine Learning Research* 15 (2014), section 4.
# - Yarin Gal and Zoubin Ghahramani, "A Theoretically Grounded Application of Dropout in Recurrent Neural Networks", *NIPS* (2016), section 4: one mask for all steps.
# - Ari Holtzman, Jan Buys, Li Du, Maxwell Forbes and Yejin Choi, "The Curious Case of Neural Text Degeneration", *ICLR* (2020), section 3: the nucleus.
#
# ### What comes next
#
# This was the last notebook of the course. You have built recurrent networks, trained them, let them read from both ends, and let them write. Models of today mostly reach back in other ways, by attention, or by recurrences so simple that all steps can be computed at once. What you know about batches, masks, losses, gates and sampling holds for them as well.
#
# ### Your points
#
# The last cell adds up what your checks have earned in this session. Before you hand in, restart the kernel, run all cells and look at it once more.

# %% locked summary
summary()
