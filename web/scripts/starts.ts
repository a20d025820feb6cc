/** A page that people start with. */
interface Start {
  /** The script of its route. */
  route: string;
  /** What its script asks the API for at once, as it asks: another order of the parameters is another request. */
  answers: readonly string[];
}

/**
 * Where the app starts, by path. The server names their parts and these answers along with the page, so that browsers
 * load them at once instead of when the scripts that need them run. `{id}` is the download's in the path.
 */
export const starts: Readonly<Record<string, Start>> = {
  '/login': { route: 'src/app/routes/login-route.tsx', answers: ['/api/v1/config', '/api/v1/announcement'] },
  '/': { route: 'src/app/routes/signed-in-routes.tsx', answers: ['/api/v1/me', '/api/v1/jobs?sort=-created&limit=100', '/api/v1/config', '/api/v1/labels'] },
  '/files': { route: 'src/app/routes/library-routes.tsx', answers: ['/api/v1/me', '/api/v1/config'] },
  '/jobs/': { route: 'src/app/routes/job-routes.tsx', answers: ['/api/v1/me', '/api/v1/jobs/{id}', '/api/v1/jobs/{id}/outline', '/api/v1/config'] },
};

/** The paths whose pages stand in the frame of the first of them. */
export const framed: readonly string[] = ['/', '/files', '/jobs/'];
