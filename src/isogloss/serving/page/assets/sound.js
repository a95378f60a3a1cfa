// A recording as this browser decodes it: its outline, and a WAV that can be played from anywhere.

const RATE = 24000;

/**
 * Decodes a file.
 * @returns {Promise<{url: string, peaks: (columns: number) => [number, number][]}|null>}
 *   null where this browser cannot decode what the service can
 */
export async function decode(file) {
  let buffer;
  try {
    buffer = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(await file.arrayBuffer());
  } catch {
    return null;
  }
  const samples = buffer.getChannelData(0);
  return {
    url: URL.createObjectURL(new Blob([header(samples.length), pcm(samples)], { type: "audio/wav" })),
    seconds: buffer.duration,
    peaks: (columns) => peaks(samples, columns),
  };
}

function peaks(samples, columns) {
  const width = samples.length / columns;
  return Array.from({ length: columns }, (_, column) => {
    let lowest = 0;
    let highest = 0;
    for (let i = Math.floor(column * width); i < Math.floor((column + 1) * width); i++) {
      lowest = Math.min(lowest, samples[i]);
      highest = Math.max(highest, samples[i]);
    }
    return [lowest, highest];
  });
}

function pcm(samples) {
  return Int16Array.from(samples, (value) => 32767 * Math.max(-1, Math.min(1, value)));
}

function header(samples) {
  const view = new DataView(new ArrayBuffer(44));
  const write = (at, text) => [...text].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  write(0, "RIFF");
  view.setUint32(4, 36 + 2 * samples, true);
  write(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, RATE, true);
  view.setUint32(28, 2 * RATE, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  write(36, "data");
  view.setUint32(40, 2 * samples, true);
  return view.buffer;
}
