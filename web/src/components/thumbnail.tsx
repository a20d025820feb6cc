import { useState, type ReactNode } from 'react';

import classes from './thumbnail.module.css';

// So that a list that scrolls back doesn't ask again for what there is not.
const missing = new Set<string>();
const mostMissing = 5000;

interface ThumbnailProps {
  /** Undefined for a file without one. */
  src: string | undefined;
  /** The file's name; empty where a link around the picture says it. */
  name: string;
  /** How the picture fills its box. A small one is square and stands in place of an icon. */
  size: 'small' | 'tile';
  /** Shown in place of a picture that is not there. */
  icon: ReactNode;
}

/** The thumbnail of a photo, in a box that has its size before the picture is there. */
export function Thumbnail({ src, name, size, icon }: ThumbnailProps) {
  const [failed, setFailed] = useState<string>();
  if (src === undefined || src === failed || missing.has(src)) {
    return (
      <span className={classes[size]} data-icon>
        {icon}
      </span>
    );
  }
  return (
    <span className={classes[size]}>
      <img
        src={src}
        alt={name}
        loading="lazy"
        decoding="async"
        draggable={false}
        className={classes.picture}
        onError={() => {
          if (missing.size < mostMissing) missing.add(src);
          setFailed(src);
        }}
      />
    </span>
  );
}
