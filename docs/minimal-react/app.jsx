import { createRoot } from "react-dom/client";
import { AuthProvider, useAuth } from "react-oidc-context";

const settings = {
  authority: "http://localhost:8001",
  client_id: "polar_ci_local",
  redirect_uri: location.origin + "/callback",
  scope: "openid email",
};

function App() {
  const auth = useAuth();
  if (auth.isLoading) return <p>Loading…</p>;
  if (auth.error) return <p role="alert">{auth.error.message}</p>;
  if (auth.isAuthenticated) return <p>{auth.user.profile.sub} <button onClick={() => auth.removeUser()}>Sign out</button></p>;
  return <button onClick={() => auth.signinRedirect()}>Sign in</button>;
}

createRoot(document.getElementById("root")).render(<AuthProvider {...settings}><App /></AuthProvider>);
